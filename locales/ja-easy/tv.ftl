# やさしい日本語。短い文、むずかしい言葉を使わない。
# 警戒レベルと避難情報の名前は決まった言葉なので、そのまま書き、意味を足します。

## テレビ

no-channels = チャンネルを 準備しています。待ってください。
no-signal = 電波が 来ていません。ほかの チャンネルを 押してください。
picture-recovering = テレビの 絵を 直しています。待ってください。
picture-unsupported = この チャンネルは 見ることが できません。ほかの チャンネルを 押してください。
tuning = 変えています
no-such-channel = この チャンネルは ありません
typing-number = 番号を 押してください
audio-fixed = この チャンネルの 音は、1つだけです。
audio-none = 今は 音が ありません。
audio-chosen = { $count }つの 音の 中の、{ $number }番目に しました。
no-captions = この 機械では、字幕を 出すことが できません。
guide-title = チャンネル
guide-lead = 番組の 予定は 出せません。見たい チャンネルを 選んでください
guide-channel = { $number }　{ $name }
guide-present = 今 見ています
update-tonight = 機械が 新しく なります。今日の 夜、だれも 使わないときに かえます。
update-renewed = 機械が 新しく なりました。そのまま 使えます。
update-went-back = 新しい 中身が 動かないので、前に 戻しました。そのまま 使えます。

## どの画面にもあるもの

hint-choose = ▲▼◀▶で 選びます。決定を 押します。戻るを 押すと 前の 画面です。
    .speech = 矢印で 選んで、決定を 押してください。
hint-begin = 「決定」を 押すと、町の サービスが 使えます
hint-contact = ▲▼◀▶で 選んで、決定を 押します。戻るは 「電話は いりません」と 同じです。
    .speech = 矢印で 選んで、決定を 押してください。
hint-pin = 数字の ボタンを 4回 押します。戻るを 押すと やめます。
button-home = ホームへ
button-close = 閉じる
button-stop = やめる
button-retry = もう一度
button-finish = テレビを 見る
button-next-page = 次の ページ
button-previous-page = 前の ページ
status-offline = 役場と つながっていません
status-greeting = { $name }さん
    .speech = { $name_kana }さん
focus-position = { $count }つの 中の { $position }番
row-spoken = { $label }、{ $value }。

## ホーム

home-title = ホーム
home-lead = 何を しますか
tile-check-in = 体の ぐあい
tile-check-in-note = 元気ですか
tile-login = ログイン
    .speech = マイナンバーカードで ログイン
tile-login-note = マイナンバー{"\u200B"}カードを 使います
tile-pin = 暗証番号を 入れる
tile-pin-note = 手続きが できます
tile-logout = ログアウト
tile-logout-note = 使うのを 終わります
tile-plan = 逃げる 準備
tile-plan-note = どこへ 逃げますか
tile-order = 避難情報（逃げる お知らせ）
tile-order-note = 今 出ています
tile-drill-note = 訓練です
tile-help = 助けて ください
tile-help-note = まだ つづいて います
tile-help-seen-note = 町の 人が 見ました
tile-access-log = だれが 見たか
tile-access-log-note = あなたの 情報の 記録
tile-settings = 設定
tile-settings-note = 文字・言葉・声
tile-television = テレビを 見る
tile-television-note = 番組を 見ます

## 避難情報が 終わっても 残る「助けて ください」

help-remains = 「助けて ください」の ままです。やめるときは「決定」を 押して ください。
    .speech = 助けて ください、の ままです。やめるときは、決定を 押して ください。
help-remains-unsent = 「助けて ください」が まだ 届いていません。急ぐときは 119番に 電話して ください。
    .speech = 助けて ください、が まだ 届いていません。急ぐときは 119番に 電話して ください。
help-title = 「助けて ください」の ままです
    .speech = 助けて ください、の ままです。
help-detail = 避難情報は 終わりました。「助けて ください」は そのままです。
help-keep = このままに する
help-end = 助けは もう いりません
help-ended = やめることを 役場に 送ります。
help-seen = 町の 人が、「助けて ください」を 確認しました。
    .speech = 町の 人が、助けて ください、を 確認しました。
help-seen-title = 役場からの お知らせ
help-seen-detail = まだ 助けが いるときは、もう一度 知らせて ください。急ぐときは 119番に 電話して ください。
help-again = まだ 助けて ください
help-called-again = 「助けて ください」を もう一度 役場に 送ります。
    .speech = 助けて ください、を もう一度 役場に 送ります。

## 設定

settings-title = 設定
settings-lead = 変えたい ものを 選んでください
setting-scale = 文字の 大きさ
setting-scale-lead = 見やすい 大きさを 選んでください
scale-normal = ふつう
scale-large = 大きい
scale-largest = とても 大きい
setting-language = 言葉
setting-language-lead = 言葉を 選んでください
language-ja = 日本語
language-ja-easy = やさしい日本語
language-en = English
    .speech = 英語
setting-speech = 声で 読む
setting-speech-lead = 画面の 文を 声で 読みますか。避難の お知らせは いつも 読みます。
speech-on = 読む
speech-off = 読まない
setting-chosen = 今は これです

## カードとログイン

purpose-check-in = 「体の ぐあい」に 答えます。カードで、あなたかどうか 調べます。
purpose-login = 「町の サービス」を 使います。カードで、あなたかどうか 調べます。
purpose-access-log = 「だれが 見たか」を 見ます。カードで、あなたかどうか 調べます。
card-prompt-title = マイナンバーカードを 入れてください
card-prompt-detail = マイナンバー（12の 数字）は 読みません。
card-reading = カードを 読んでいます
card-checking = あなたかどうか 調べています
card-keep-inserted = カードを 抜かないで、待ってください。
pin-title = 4つの 数字（暗証番号）を 押してください
pin-tries-left = 番号は、あと { $count }回 押せます。
pin-wrong = 番号が ちがいました。もう一度 押してください。
pin-digits-spoken = { $count ->
    [0] 消しました
   *[other] { $count }つ目
}
pad-digit = { $digit }
pad-clear = 消す
    .speech = 消す
pad-submit = 決定
last-try-title = あと 1回だけ できます
last-try-lead = まちがえると、カードの 番号が 使えなくなります。役場へ 行かなければ なりません。
last-try-stop = やめる
last-try-go-on = 続ける
welcome-lead = ログインしました。
welcome-detail = カードを 抜かないでください。抜くと 終わります。
greeting = { $name }さん、ようこそ
    .speech = { $name_kana }さん、ようこそ。
greeting-unnamed = ようこそ
toast-session-ended = 終わりました。カードを 忘れないでください。

## カードの困りごと：何が起きたか

trouble-service-down = カードを 読む 機械が 止まっています。
trouble-no-reader = カードを 読む 機械が ありません。
trouble-reader-gone = カードを 読む 機械の 線が 抜けました。
trouble-card-mute = カードを 読むことが できません。
trouble-busy = カードを ほかの ことに 使っています。
trouble-removed = カードが 抜けました。
trouble-transmission = カードを 読むのが 止まりました。
trouble-wrong-card = これは マイナンバーカードでは ありません。
trouble-no-certificate = この カードでは ログインが できません。
trouble-unreadable = カードの 中を 読むことが できませんでした。
trouble-blocked = この カードの 番号は、今 使えません。
trouble-wrong-pins = 番号を 2回 まちがえました。一度 終わります。
trouble-entry-timed-out = 長い 間 押さなかったので、番号を 消しました。
trouble-login-timed-out = 時間が たったので、やめました。
trouble-expired = カードの 期限が 終わっています。
trouble-revoked = この カードの 電子証明書は、今 使えません。
trouble-card-refused = この カードで、あなたかどうか わかりませんでした。
trouble-person-unknown = この カードは、今 登録されて いません。
trouble-record-differs = カードに 書いて ある ことが、役場の 記録と 違います。
trouble-other-household = この 家の 人の カードでは ありません。
trouble-revocation-unknown = この カードが 使えるか、今 わかりません。
trouble-overloaded = 今、たくさんの 人が 使っています。
trouble-box-refused = この 機械は、まだ 使えません。
trouble-gateway-failed = 役場の 機械で、うまく できませんでした。
trouble-unreachable = 今、役場と つながりません。

## カードの困りごと：何をすればよいか

action-call-operator = ケーブルテレビの 会社に 電話してください。
action-plug-reader = カードを 読む 機械の 線を 入れてください。
action-turn-card = カードを 抜いて、金色の 面を 見て、奥まで 入れてください。
action-retry-later = 後で、「もう一度」を 押してください。
action-wait-and-retry = 少し 待って、「もう一度」を 押してください。
action-insert-again = カードを もう一度 入れてください。
action-reinsert = カードを 抜いて、もう一度 入れてください。
action-insert-my-number-card = マイナンバーカードを 入れてください。
action-ask-town-office = カードを 持って、役場へ 来てください。
action-blocked = 役場で 直すことが できます。「顔認証{"\u200B"}マイナンバーカード」は、番号が ないので 使えません。
action-check-pin = 番号を 調べてから、カードを もう一度 入れてください。
action-retry = 「もう一度」を 押してください。
action-register = 「カードを 登録する」を 選ぶか、役場で 登録してください。
action-log-in-with-pin = ホームの「ログイン」を 選んで、暗証番号で 入ってください。

## カードの困りごと：入力できる回数

tries-not-used = 番号を 押せる 回数は 同じです。
tries-unknown = 番号を 押せる 回数が、1回 減ったかも しれません。
tries-none-left = もう 番号を 押すことが できません。
tries-left = 番号は、あと { $count }回 押せます。

## きょうの体調

check-in-title = きょう、体は どうですか
check-in-again = きょうは もう 答えました。もう一度 答えても いいです。
condition-good = 元気です
condition-normal = ふつうです
condition-bad = よくないです
contact-title = 役場から 電話しても いいですか
contact-lead = 保健師（体の 相談を 聞く 人）が 話を 聞きます。
contact-saving = 「よくないです」と 書いています。
contact-kept = 「よくないです」と 書きました。
contact-yes = 電話が ほしい
contact-no = 電話は いりません
check-in-saving = 書いています
check-in-sending = 送っています
check-in-done = 書きました。ありがとう ございます。
check-in-delivered = 役場に 届きました。
check-in-sent-later = 今 つながりません。つながったら 送ります。
check-in-undo = やめる（取り消す）
check-in-withdrawing = 取り消しています
check-in-withdrawn = 取り消しました
check-in-withdrawn-empty = きょうの 答えは、ありません。
check-in-withdrawn-earlier = 今の 答えだけ 消しました。前に 答えた ものは、残っています。
check-in-withdrawn-standing = 今の 答えは 「{ $answer }」です。きょう 前に 答えた ものです。
check-in-answer-again = もう一度 答える
check-in-refused = 答えを 送ることが できませんでした
answered = 答え：{ $condition }
answered-contact = 答え：{ $condition }・{ $contact }
    .speech = 答え：{ $condition }。{ $contact }。
toast-no-call = 答えは 「よくないです」です。電話は 頼んで いません。
toast-report-refused-phone = 役場に 送ることが できませんでした。急ぐときは 役場（{ $phone }）に 電話してください。
    .speech = 役場に 送ることが できませんでした。急ぐときは 役場、{ $phone_kana }、に 電話してください。
toast-report-refused = 役場に 送ることが できませんでした。急ぐときは 電話してください。

## だれが見たか

access-log-title = だれが 見たか
access-log-lead = あなたの 情報を 見た 人です。
access-log-loading = 読んでいます。
access-log-failed = 今 読むことが できません。少し 待って、もう一度 押してください。
access-log-empty = まだ だれも 見ていません。
access-log-time = { $month }月{ $day }日 { $hour }時{ $digits }分
    .speech = { $month }月{ $day }日{ $hour }時{ $minute }分
access-log-look = { $viewer }　{ $purpose }
access-log-looks = { $viewer }　{ $purpose }（{ $count }回）
access-log-looks-until = { $viewer }　{ $purpose }（{ $hour }時{ $digits }分まで { $count }回）
    .speech = { $viewer }、{ $purpose }。{ $hour }時{ $minute }分まで、{ $count }回

## 避難のそなえ

plan-title = 逃げる 準備
plan-lead = { $area }の 家から 逃げる ところです。
plan-lead-town = 家から 逃げる ところです。
plan-unknown = まだ 役場から 情報が 来ていません。
plan-place = { $name }
plan-place-condition = { $name }（{ $condition }）
plan-no-place = 決まった ところは ありません
plan-name = { $name }さん
plan-person = { $hazard }のとき：{ $place }
plan-person-helped = { $hazard }のとき：{ $place }（手伝う 人：{ $supporter }）

hazard-any = 災害
hazard-flood = 洪水（川の 水が あふれる）
hazard-landslide = 土砂災害（山や がけが くずれる）
hazard-storm-surge = 高潮（海の 水が 高く なる）
hazard-earthquake = 地震
hazard-tsunami = 津波（海から 高い 波が 来る）
hazard-large-fire = 大きな 火事
hazard-inland-flood = 内水氾濫（町に 雨の 水が たまる）
    .speech = ないすいはんらん（町に 雨の 水が たまる）
hazard-volcano = 火山の 災害

## 避難情報

order-level-three = 警戒レベル3 高齢者等避難
    .speech = 警戒レベルさん、高齢者等避難
order-level-four = 警戒レベル4 避難指示
    .speech = 警戒レベルよん、避難指示
order-level-five = 警戒レベル5 緊急安全確保
    .speech = 警戒レベルご、緊急安全確保
order-elderly = 高齢者等避難
order-instruction = 避難指示
order-safety = 緊急安全確保
order-tsunami = 津波 避難指示
    .speech = 津波の 避難指示
order-lifted = { $order } 解除（終わり）
    .speech = { $order }、解除、終わりです
order-cancelled = { $order } 取消（まちがい）
    .speech = { $order }、取り消し、まちがいでした
order-place = { $area }　{ $hazard }
order-place-whole-town = 町の 全部　{ $hazard }
order-place-changed = { $place }　変わった こと：{ $what }
    .speech = { $place }。変わった ことは、{ $what }です
order-issued = { $time } 町の お知らせ
order-issued-offline = { $time } 町の お知らせ（今 つながっていません）
action-leave-now = 今すぐ 逃げて ください
action-leave-if-slow = 時間が かかる 人は 今すぐ 逃げて、ほかの 人は 準備を して ください
action-leave-in-time = 逃げはじめて ください
action-leave-in-time-if-slow = 時間が かかる 人は 逃げはじめて、ほかの 人は 準備を して ください
action-prepare = 逃げる 準備を して ください
action-run-to-high-ground = 今すぐ 高い ところへ 逃げて ください
action-secure-life-here = 今すぐ 命を 守って ください。家の 中の 高い ところへ 行って ください
action-secure-life-earthquake = 今すぐ 体を 守って ください。倒れる 物や 窓や がけから 離れて ください
action-secure-life-volcano = 今すぐ 命を 守って ください。強い 建物に 入って、窓を 閉めて ください
action-led = いちばん あぶないのは { $hazard }です。{ $action }
action-all-clear = お知らせは おわりました。逃げた 人は、気をつけて 帰って ください
action-all-clear-left = もう だいじょうぶです。気をつけて 帰って ください
action-all-clear-stayed = もう だいじょうぶです。逃げなくて いいです
action-disregard = さっきの お知らせは まちがいでした。逃げなくて いいです
action-all-clear-others = この お知らせは おわりました。ほかの お知らせは つづいて います
action-disregard-others = この お知らせは まちがいでした。ほかの お知らせは つづいて います
changed-advice = 逃げかた
changed-level = 警戒レベル
changed-areas = 町の どこか
changed-shelters = 逃げる ところ
changed-reason = 町の 説明
changed-period = 時間
changed-both = { $first }と { $second }
shelter-open = 開いています
shelter-not-known-open = 開いているか わかりません
shelter-distance = だいたい { $metres }メートル　{ $state }
shelter-distance-km = だいたい { $kilometres }キロメートル　{ $state }
distance = だいたい { $metres }メートル
distance-km = だいたい { $kilometres }キロメートル
leave-by = { $hour }時{ $minute ->
    [0] {""}
   *[other] { $minute }分
}までに 出て ください
supporters = 手伝う 人：{ $names }
step-take-essentials = 薬・めがね・大切な 物を 持つ
step-turn-off-gas = ガスと 電気を 止める
step-call-supporter = 手伝う 人を 呼ぶ
step-call-supporter-named = { $names }を 呼ぶ
step-go-to-destination = 気をつけて 逃げる ところへ 行く
step-go-at-once = 何も 持たないで、すぐ 出る
step-go-higher = もっと 高い ところへ 行く
step-do-not-return = 「終わり」と 言うまで 帰らない
step-go-upstairs = 2階か、もっと 上へ 行く
    .speech = にかいか、もっと 上へ 行く
step-away-from-slope = がけや 窓の 近くに いない
step-call-for-help = あぶない ときは 119番に 電話する
step-prepare-bag = 荷物と 薬を 準備する
step-check-route = 逃げる ところと 道を 見る
step-keep-watching = テレビで 次の お知らせを 待つ
step-return-carefully = 気をつけて 帰る
step-tell-others = いっしょに いた 人に 言う
answer-leaving = 逃げます
answer-need-help = 助けて ください
answer-staying = 家に います
answer-replace = 「助けて ください」を やめて、「{ $answer }」に 変えますか
    .speech = 助けて ください、を やめて、{ $answer }、に 変えますか。
answer-replace-yes = 「{ $answer }」に 変える
    .speech = { $answer }、に 変える
care-higher-floor = 今 外へ 出るのは あぶないです。あぶないときは 出ないで、高い 階の 部屋へ 行ってください
care-earthquake = ゆれている ときは 動かないでください。外では、窓や がけの 近くへ 行かないでください
care-volcano = 今 外へ 出るのは あぶないです。あぶないときは、強い 建物の 中に いてください
answer-told = 「{ $answer }」：{ $how_far }
    .speech = { $answer }。{ $how_far }
help-stands = 「助けて ください」の ままです：{ $how_far }
    .speech = 助けて ください、の ままです。{ $how_far }
help-repeated = { $before }{ $again }
help-before-accepted = 「助けて ください」は もう おして あります。
    .speech = 助けて ください、は もう おして あります。
help-before-arrived = 「助けて ください」は もう 役場に 届いて います。
    .speech = 助けて ください、は もう 役場に 届いて います。
help-before-seen = 「助けて ください」は 町の 人が もう 確認しました。
    .speech = 助けて ください、は 町の 人が もう 確認しました。
help-again-sending = もう一度 送って います。
help-again-arrived = もう一度 届きました。
answer-not-yet = { $answer }（まだ 届いていません）
answer-seen = { $answer }（町の 人が 見ました）
answer-saving = まだ 届いていません。今 送っています。
answer-sending = まだ 届いていません。今 送っています。
answer-delivered = 役場に 届きました。
answer-later = まだ 届いていません。つながったら 役場に 送ります。
answer-later-call = まだ 届いていません。つながったら 送ります。急ぐときは 119番に 電話して ください。
answer-refused = 役場に 届きませんでした。急ぐときは 119番に 電話して ください。
button-details = もっと 見る
button-next-order = ほかの お知らせ（{ $count }）
    .speech = ほかの お知らせを 見る

## 避難情報の読み上げ

spoken-drill = これは 訓練（練習）です。
spoken-call = { $order }。{ $order }。
spoken-again = もう一度 言います。
spoken-name = { $name }さん。
    .speech = { $name_kana }さん。
spoken-place = { $town }の お知らせです。{ $area_kana }に、{ $hazard }の、{ $order }です。
spoken-order = { $town }の お知らせです。{ $area_kana }に、{ $order }です。
spoken-order-whole-town = { $town }の お知らせです。町の 全部に、{ $order }です。
spoken-place-whole-town = { $town }の お知らせです。町の 全部に、{ $hazard }の、{ $order }です。
spoken-changed = 前の お知らせから 変わったのは、{ $what }です。
spoken-reason = { $reason }
spoken-destination = 逃げる ところは、{ $name }です。
    .speech = 逃げる ところは、{ $name_kana }です。
spoken-destination-condition = 逃げる ところは、{ $name }です。{ $condition }
    .speech = 逃げる ところは、{ $name_kana }です。{ $condition }。
spoken-answer = 矢印で 答えを 選んで、決定を 押して ください。
spoken-close = 決定を 押すと 閉じます。

## テレビの外の サービス

tile-services = ほかの サービス
tile-services-note = 番号を 押します
hint-digits = 数字の ボタンで 押して、決定を 押します。戻るで やめます。
hint-password = ▲▼◀▶で 選んで、決定で 入れます。数字の ボタンも 使えます。
pad-delete = 1つ 消す
digits-missing = 数字の ボタンで、あと { $count }けた 押して ください。
    .speech = 数字の ボタンで、あと { $count }桁、押して ください。
digit-deleted = 1つ 消しました
button-back = 戻る
words-joined = { $first }、{ $second }
service-name = { $name }
    .speech = { $name_kana }
service-text = { $text }
service-number-title = 8けたの 番号を 押してください
    .speech = はちけたの 番号を 押してください。
service-number-lead = スマートフォンや パソコンに 出ている 番号です。
service-number-unknown = この 番号は 使えません。新しい 番号を 出して、押してください。
service-number-too-many = まちがいが 多いので、今は 使えません。1時間 待ってください。
service-number-box-refused = この 機械は、まだ 使えません。ケーブルテレビの 会社に 電話してください。
service-number-unreachable = 今、役場と つながりません。少し 待って、「決定」を 押してください。
service-looking-up = 番号を 調べています
service-sending = 返事を 送っています
service-wait = 少し 待ってください。
service-request-title = 「{ $service }」が、あなたの ことを 確認します
    .speech = { $service }が、あなたの ことを 確認します。
service-request-lead = 今、自分で 始めましたか。知らない ときは「いいえ」を 選んでください。
service-purpose = 何の ため
service-form = 書類
service-attributes = 伝わる こと
service-proof = やり方
attribute-name = 名前
attribute-kana = 名前の 読み方
attribute-municipality = 住んでいる 町
attribute-district = 住んでいる 地区
attribute-none = 同じ 人だと いう ことだけ（名前は 伝わりません）
proof-card = マイナンバーカードを 入れます
proof-pin = マイナンバーカードと、4つの 数字（暗証番号）
    .speech = マイナンバーカードと、よっつの 数字、暗証番号
proof-password = マイナンバーカードと、署名用の パスワード。カードの 名前、住所、生まれた日、性別を 役場の 記録と 比べます。
service-no = いいえ
service-yes = はい
service-question-count = { $count }つの 質問の { $position }番です。選んでください。
service-unanswered = まだ 答えて いません
service-summary-title = 答えは これで いいですか
service-summary-lead = 次に カードを 使うと、「{ $service }」に 送ります。
service-mend = 答えを 直す
service-confirm = これで いい
purpose-service = 「{ $service }」に 答えるため、カードで あなたを 確かめます。
purpose-any-service = サービスに 答えるため、カードで あなたを 確かめます。
service-given-title = 「{ $service }」に 伝えました
    .speech = { $service }に 伝えました。
service-given-lead = 伝えた こと：{ $what }
service-given-form = 「{ $form }」の 答え
service-given-detail = 取り消す ときは、ホームの「設定」の「カードと許可」を 開いてください。
service-nothing-given = 何も 伝えて いません
service-refused = サービスには「いいえ」だけ 伝わります。
service-expired = 時間が たったので、この 番号は 使えなく なりました。新しい 番号を 出してください。
service-not-accepted = この カードでは できませんでした。サービスの 画面から やり直してください。
service-unknown-title = 返事が 届いたか わかりません
service-unknown-lead = 役場と つながらなく なりました。「{ $service }」の 画面を 見てください。
service-anew = 番号を もう一度 押す
toast-service-left = サービスに 何も 伝えないで 終わりました。
toast-service-given = サービスに 返事を 伝えました。
toast-service-unknown = 返事が 届いたか わかりません。サービスの 画面を 見てください。

## カードと 許可

cards-title = カードと許可
cards-note = 登録・なくした とき・許可
cards-lead = 何を しますか
cards-consents = サービスへの 許可
cards-consents-note = 見る・取り消す
cards-link = カードを 登録する
cards-link-note = 新しい カードを 使う
cards-stop = カードを なくした
cards-stop-note = すぐに 止める
cards-log-note = 自分の 情報の 記録
purpose-consents = 「サービスへの 許可」を 見るため、カードで あなたを 確かめます。
purpose-link-card = この カードを 登録するため、カードの 4つの 数字（暗証番号）を 確かめます。
consents-title = サービスへの 許可
consents-lead = 許可して いる サービスです。選ぶと 中を 見ることが できます。
consents-loading = 許可を 読んで います
consents-failed = 今は 許可を 見ることが できません
consents-empty = 許可して いる サービスは ありません。
consents-first-page = 最初の ページ
consent-lead = この サービスに 許可して いる ことです。
consent-given-label = 許可した 日
consent-used-label = 最後に 使った 日
consent-date = { $month }月{ $day }日
consent-used = { $month }月{ $day }日に 使いました
consent-withdraw = 取り消す
withdraw-title = この 許可を 取り消しますか
withdraw-lead = 取り消すと、「{ $service }」に あなたの 情報は 行きません。
consent-withdrawing = 取り消して います
withdrawn-title = 取り消しました
withdrawn-lead = もう一度 使う ときは、サービスの 画面から 始めてください。
not-withdrawn-title = 今は 取り消すことが できませんでした
action-wait-later = 少し 待って、もう一度 してください。
link-title = カードを 登録しますか
link-lead = 登録すると、この カードで ログインできます。カードの 電子証明書の 番号を 役場が 持ちます。
link-detail = 12けたの マイナンバーは 読みません。
    .speech = じゅうにけたの マイナンバーは 読みません。
link-nobody = この 家の 人の 情報が まだ ありません。役場で 登録してください。
link-no = 登録しない
link-yes = 登録する
link-who-title = だれの カードですか
link-who-lead = カードの 人を 選んでください。
link-person = { $name }さん
    .speech = { $name_kana }さん
link-letter-title = { $person }の カードを 登録します
link-letter-lead = 役場の 手紙に、12けたの 登録番号が ありますか。
    .speech = 役場の 手紙に、じゅうにけたの 登録番号が ありますか。
link-letter-yes = 手紙の 番号を 押す
link-letter-no = 手紙は ない
link-letter-no-note = 役場の 確認を 待ちます
letter-code-title = 手紙の 12けたの 番号を 押してください
    .speech = 手紙の じゅうにけたの 番号を 押してください。
letter-code-link-lead = 役場の 手紙の 登録番号です。マイナンバーは 押さないでください。
letter-code-stop-lead = 役場の 手紙の、止める ための 番号です（マイナンバーでは ありません）。手紙が ないときは、役場に 電話して ください。
letter-code-stop-lead-phone = 役場の 手紙の、止める ための 番号です（マイナンバーでは ありません）。手紙が ないときは、役場（{ $phone }）に 電話して ください。
    .speech = 役場の 手紙の、止める ための 番号です。マイナンバーでは ありません。手紙が ないときは、役場、{ $phone_kana }、に 電話して ください。
letter-code-stop-detail = 番号を 押して 決定すると、カードが 止まります。
letter-code-refused = この 番号は 使えません。手紙を 見て、もう一度 押してください。
letter-code-too-many = まちがいが 多いので、今は 使えません。少し 待って、押してください。
linked-title = カードを 登録しました
linked-lead = 今から この カードで ログインできます。
waits-title = 役場の 確認を 待って います
waits-lead = 役場が 確認したら、この カードで ログインできます。
stop-title = カードを 止めますか
stop-lead = 止めると、町の サービスで この カードは 使えません。また 使う ときは、もう一度 登録します。
stop-yes = 止める
stop-sending = カードを 止めて います
stopped-title = カードを 止めました
stopped-lead = 町の サービスでは、もう 使えません。
stopped-detail = 町の サービスの ほかでも カードを 止めるときは、0120-95-0178 に 電話してください。
    .speech = 町の サービスの ほかでも カードを 止めるときは、ゼロイチニーゼロ、キューゴー、ゼロイチナナハチに 電話してください。
stop-unknown-title = 止まったか わかりません
stop-unknown-lead = 止まったか 確かめられませんでした。役場に 電話してください。
stop-unknown-lead-phone = 止まったか 確かめられませんでした。役場に 電話してください。
    .speech = 止まったか 確かめられませんでした。役場、{ $phone_kana }、に 電話してください。
toast-cards-unknown-phone = カードが 止まったか わかりません。役場（{ $phone }）に 電話してください。
    .speech = カードが 止まったか わかりません。役場、{ $phone_kana }、に 電話してください。
toast-cards-stopped = カードを 止めました。町の サービスでは、もう 使えません。
toast-cards-not-stopped = カードは 止まって いません。「カードと許可」から もう一度 してください。
toast-cards-unknown = カードが 止まったか わかりません。役場に 電話してください。

## 署名用の パスワード

phone-needs-login = スマートフォンは、ホームの「ログイン」から 使えます。
pin-title-phone = スマートフォンの 4つの 数字（暗証番号）を 押してください
    .speech = スマートフォンの よっつの 数字、暗証番号を 押してください
password-title = 署名用の パスワードを 入れてください
password-wrong = パスワードが ちがいます。もう一度 入れてください。
password-length = { $least }～{ $most }文字
    .speech = { $least }文字から{ $most }文字
password-count = 今 { $count }文字
password-characters-spoken = { $count }文字目
keyboard-key = { $key }
last-password-lead = まちがえると パスワードが 使えなく なります。役場に 行かなければ なりません。
trouble-no-signature = この カードには、署名用の 電子証明書が ありません。
action-no-signature = 15歳より 小さい 人の カードには ありません。役場で 聞いてください。
trouble-password-blocked = この カードの 署名用の パスワードは、今 使えません。
action-password-blocked = 役場で 直すことが できます。カードを 持って 来てください。
trouble-wrong-passwords = パスワードを 2回 まちがえました。一度 終わります。
action-check-password = パスワードを 調べてから、カードを もう一度 入れてください。
trouble-password-timed-out = 長い 間 押さなかったので、パスワードを 消しました。
password-tries-not-used = パスワードを 入れられる 回数は 同じです。
password-tries-unknown = パスワードを 入れられる 回数が、1回 減ったかも しれません。
password-tries-none-left = もう パスワードを 入れることが できません。
password-tries-left = パスワードは、あと { $count }回 入れられます。
trouble-link-refused = この カードは 登録できませんでした。
trouble-link-unknown = カードを 登録できたか わかりません。
action-newer-card = 新しい カードが あれば、入れてください。なければ、役場に 来てください。

## 機械の こと

keys-simple = リモコンは「かんたん」です。変えたい ときは 役場に 言ってください。
keys-minimal = リモコンは「最小限」です。変えたい ときは 役場に 言ってください。
keys-simple-phone = リモコンは「かんたん」です。変えたい ときは 役場（{ $phone }）に 電話を してください。
    .speech = リモコンは「かんたん」です。変えたい ときは 役場、{ $phone_kana }、に 電話を してください。
keys-minimal-phone = リモコンは「最小限」です。変えたい ときは 役場（{ $phone }）に 電話を してください。
    .speech = リモコンは「最小限」です。変えたい ときは 役場、{ $phone_kana }、に 電話を してください。
two-sentences =
    { $first }
    { $second }
diagnosis-title = 機械の ようすを 送っても いいですか
diagnosis-lead = ケーブルテレビの 人からの お願いです。
diagnosis-reason = どうして
diagnosis-reason-text = { $text }
diagnosis-sent-label = 送る もの
diagnosis-sent-text = 機械の ようすと 記録（カードを 入れた 時刻も）
diagnosis-kept-label = 送らない もの
diagnosis-kept-text = 名前、予約、体の ぐあい、見た 番組
diagnosis-no = 送らない
diagnosis-yes = 送る
diagnosis-hint = ▲▼◀▶で 選んで、決定を 押します。戻るは 「送らない」と 同じです。
    .speech = 矢印で 選んで、決定を 押してください。
diagnosis-sending = 送って います
diagnosis-wait = 少し 待ってください。テレビを 見ても いいです。
diagnosis-thanks = 送りました
diagnosis-thanks-lead = ありがとうございました。
diagnosis-later = 今は 送れませんでした
diagnosis-later-lead = つながったら また 送ります。そのままで いいです。
diagnosis-over = 送りませんでした
diagnosis-over-lead = 受付が 終わって いました。そのままで いいです。
toast-diagnosis-no = 機械の ようすは 送りませんでした。

## はじめて つかう とき

first-language-title = ことばを 選んで ください（Language）
    .speech = ことばを 選んで ください。
first-language-lead = テレビの 文と 声の ことばです。あとで「設定」で 変えられます。
first-scale-title = 文字の 大きさを 選んで ください
first-scale-lead = ▲▼を 押すと、文字が 変わります。見やすい 大きさで、決定を 押して ください。
    .speech = 上と 下の 矢印を 押すと、文字が 変わります。見やすい 大きさで、決定を 押して ください。
first-scale-hint = ▲▼で 選んで、決定を 押します。戻るで 前に 戻ります。
    .speech = 上と 下の 矢印で 選んで、決定を 押して ください。
first-hint = ▲▼で 選んで、決定を 押します。
    .speech = 矢印で 選んで、決定を 押して ください。
first-code-title = 手紙の 12けたの 番号を 押してください
    .speech = 手紙の じゅうにけたの 番号を 押してください。
first-code-lead = ケーブルテレビの 手紙の 番号です。マイナンバーでは ありません。
first-code-lead-phone = ケーブルテレビの 手紙の 番号です。手紙が ないときは、{ $phone }に 電話して ください。
    .speech = ケーブルテレビの 手紙の 番号です。手紙が ないときは、{ $phone_kana }、に 電話して ください。
first-refused-title = この 番号は 使えません
first-refused-lead = 手紙を 見て、12けたの 番号を もう一度 押して ください。
    .speech = 手紙を 見て、じゅうにけたの 番号を、もう一度 押して ください。
first-refused-again-lead = 手紙の 番号と 同じなら、ケーブルテレビに 電話して ください。
first-refused-again-lead-phone = 手紙の 番号と 同じなら、ケーブルテレビ（{ $phone }）に 電話して ください。
    .speech = 手紙の 番号と 同じなら、ケーブルテレビ、{ $phone_kana }、に 電話して ください。
first-code-hint = 数字の ボタンで 押して、決定で 進みます。戻るで 前に 戻ります。
first-connecting-title = ケーブルテレビと つないで います
first-connecting-lead = このまま 待って ください。つながると、テレビが 映ります。
first-crowded-title = 今、こんで います
first-unreachable-title = ケーブルテレビと つながりません
first-unreachable-lead = 機械の うしろの ケーブルが ささって いるか、見て ください。つながると、進みます。
first-faulty-title = この 機械は、まだ 使えません
call-operator = ケーブルテレビに 電話して ください。
call-operator-phone = ケーブルテレビ（{ $phone }）に 電話して ください。
    .speech = ケーブルテレビ、{ $phone_kana }、に 電話して ください。
first-unreachable-phone = つながらない ときは、ケーブルテレビ（{ $phone }）に 電話して ください。
    .speech = つながらない ときは、ケーブルテレビ、{ $phone_kana }、に 電話して ください。
first-retype = 手紙の 番号を 押す
first-retype-hint = 決定を 押すと、番号の 画面に 戻ります。
first-done = 準備が できました。テレビを 見て ください。
status-refused = 登録されて いません
refused-call = この 機械は 登録されて いません。ケーブルテレビに 電話して ください。
refused-call-phone = この 機械は 登録されて いません。ケーブルテレビ（{ $phone }）に 電話して ください。
    .speech = この 機械は 登録されて いません。ケーブルテレビ、{ $phone_kana }、に 電話して ください。
start-over-tile = はじめの 設定に 戻す
start-over-note = 手紙の 番号を もう一度 入れます
start-over-title = はじめの 設定に 戻しますか
start-over-lead = この 機械の 中の 家の 情報が、全部 消えます。新しい 手紙の 番号を 入れるまで、テレビも 避難の 情報も 出ません。
start-over-no-letter = 新しい 手紙が ないときは、ケーブルテレビに 電話して ください。
start-over-no-letter-phone = 新しい 手紙が ないときは、ケーブルテレビ（{ $phone }）に 電話して ください。
    .speech = 新しい 手紙が ないときは、ケーブルテレビ、{ $phone_kana }、に 電話して ください。
start-over-no = 戻さない
start-over-yes = 消して 戻す
start-over-begun-title = はじめの 設定に 戻して います
start-over-begun-lead = 電源を 切らないで 待って ください。画面が 一度 消えます。
start-over-failed-title = はじめの 設定に 戻せませんでした
