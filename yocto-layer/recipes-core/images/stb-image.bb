SUMMARY = "Read-only image of the box"
DESCRIPTION = "Boots into television. No shell, no login, nothing that listens; written to one of two slots."

require stb-image.inc
