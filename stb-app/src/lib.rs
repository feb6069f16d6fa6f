//! The box on GTK 4 and GStreamer: views and adapters around stb-core.
