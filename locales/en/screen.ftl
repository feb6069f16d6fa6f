# Words that the screen draws itself, beside the sentences of tv.ftl.

screen-drill = DRILL
screen-drill-sentence = This is a drill
screen-test = TEST
screen-test-sentence = This is a test
screen-tsunami = Tsunami
screen-lifted = Lifted
screen-cancelled = Withdrawn
screen-level = Alert level
screen-muted = Muted
screen-volume = Volume
screen-page = { $page } / { $pages }
screen-others = { $count } more
screen-destination = Go to
screen-words = From the town
screen-fallback = If you cannot get there
screen-names-joined = { $first }, { $second }
colour-blue = Blue
colour-red = Red
colour-green = Green
colour-yellow = Yellow

# Text that comes as it is, e.g. in samples.
screen-as-is = { $text }
