# Words that the screen draws itself, beside the sentences of tv.ftl.
# 画面そのものが描く言葉です。文章は tv.ftl にあります。

screen-drill = 訓練
screen-drill-sentence = これは訓練です
screen-test = 試験
screen-test-sentence = これは試験放送です
screen-tsunami = 津波
screen-lifted = 解除
screen-cancelled = 取消
screen-level = 警戒レベル
screen-muted = 消音
screen-volume = 音量
screen-page = { $page } / { $pages }
screen-others = ほかに{ $count }件
screen-destination = 避難先
screen-words = 町からのお知らせ
screen-fallback = 行けないとき
screen-names-joined = { $first }、{ $second }
colour-blue = 青
colour-red = 赤
colour-green = 緑
colour-yellow = 黄

# Text that comes as it is, e.g. in samples.
screen-as-is = { $text }
