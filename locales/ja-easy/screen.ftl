# Words that the screen draws itself, beside the sentences of tv.ftl.

screen-drill = 訓練
screen-drill-sentence = これは 練習です
screen-test = 試験
screen-test-sentence = これは 試験です
screen-tsunami = 津波
screen-lifted = おわり
screen-cancelled = 取消
screen-level = 警戒レベル
screen-muted = 音なし
screen-volume = 音
screen-page = { $page } / { $pages }
screen-others = ほかに{ $count }つ
screen-destination = 行くところ
screen-words = 町の お知らせ
screen-fallback = 行けないとき
screen-names-joined = { $first }、{ $second }
colour-blue = 青
colour-red = 赤
colour-green = 緑
colour-yellow = 黄

# Text that comes as it is, e.g. in samples.
screen-as-is = { $text }
