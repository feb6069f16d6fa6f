# テレビの文章です。原則は「一文で何が起きたか、一文で何をすればよいか」。
# .speech は読み上げるときの文です。なければ表示の文をそのまま読みます。
# 避難情報と警戒レベルの名前は決まった言葉です。変えないでください。

## 番組を見ているとき

no-channels = チャンネルの設定を受け取っています。しばらくお待ちください。
no-signal = 電波が届いていません。ほかのチャンネルもためしてください。
picture-recovering = 映像をつなぎ直しています。少しお待ちください。
picture-unsupported = このチャンネルは映せません。ほかのチャンネルを選んでください。
tuning = 切りかえています
no-such-channel = このチャンネルはありません
typing-number = 番号を押してください
audio-fixed = このチャンネルで選べる音声は、1つだけです。
audio-none = いまは、選べる音声がありません。
audio-chosen = { $count }つの音声のうち、{ $number }番目に切りかえました。
no-captions = この受信機では、字幕を出せません。
guide-title = チャンネルの一覧
guide-lead = 番組の予定は出せません。見たいチャンネルを選んでください
guide-channel = { $number }　{ $name }
guide-present = いま見ています
update-tonight = 受信機の新しい版が届きました。今夜、使っていないときに入れかえます。
update-renewed = 受信機が新しくなりました。そのままお使いください。
update-went-back = 新しい版を試しましたが、前の版に戻しました。そのままお使いください。

## どの画面にもあるもの

hint-choose = ▲▼◀▶で選び、決定を押します。戻るで前の画面に戻ります。
    .speech = 矢印で選び、決定を押してください。
hint-begin = 「決定」を押すと、町のサービスが使えます
hint-contact = ▲▼◀▶で選び、決定を押します。戻るは「電話はいらない」と同じです。
    .speech = 矢印で選び、決定を押してください。
hint-pin = 数字ボタンで4けたを押します。戻るでやめられます。
button-home = ホームへ
button-close = 閉じる
button-stop = やめる
button-retry = もう一度
button-finish = テレビに戻る
button-next-page = 次のページ
button-previous-page = 前のページ
status-offline = 役場とつながっていません
status-greeting = { $name }さん
    .speech = { $name_kana }さん
focus-position = { $count }つのうち{ $position }番目
row-spoken = { $label }、{ $value }。

## ホーム

home-title = ホーム
home-lead = 何をしますか
tile-check-in = きょうの体調
tile-check-in-note = ボタンひとつで答えます
tile-login = ログイン
    .speech = マイナンバーカードでログイン
tile-login-note = マイナンバー{"\u200B"}カードで
tile-pin = 暗証番号を入れる
tile-pin-note = 手続きに進みます
tile-logout = ログアウト
tile-logout-note = 利用を終わります
tile-plan = 避難のそなえ
tile-plan-note = どこへ逃げるか
tile-order = 避難情報
tile-order-note = いま出ています
tile-drill-note = 訓練が出ています
tile-help = 助けが必要
tile-help-note = まだ続いています
tile-help-seen-note = 町の担当者が確認しました
tile-access-log = だれが見たか
tile-access-log-note = 自分の情報の記録
tile-settings = 設定
tile-settings-note = 文字・ことば・音声
tile-television = テレビに戻る
tile-television-note = 番組を見ます

## 避難情報が終わっても残る「助けが必要」

help-remains = 「助けが必要」のままです。取り消すときは「決定」を押してください。
    .speech = 助けが必要、のままです。取り消すときは、決定を押してください。
help-remains-unsent = 「助けが必要」がまだ届いていません。急ぐときは119番へ電話してください。
    .speech = 助けが必要、がまだ届いていません。急ぐときは119番へ電話してください。
help-title = 「助けが必要」のままです
    .speech = 助けが必要、のままです。
help-detail = 避難情報は終わりましたが、「助けが必要」は取り消されていません。
help-keep = このままにする
help-end = 助けはもういりません
help-ended = 取り消しを役場へ送ります。
help-seen = 町の担当者が、「助けが必要」を確認しました。
    .speech = 町の担当者が、助けが必要、を確認しました。
help-seen-title = 役場からのお知らせ
help-seen-detail = まだ助けが必要なときは、もう一度知らせてください。急ぐときは119番へ電話してください。
help-again = まだ助けが必要
help-called-again = 「助けが必要」をもう一度、役場へ送ります。
    .speech = 助けが必要、をもう一度、役場へ送ります。

## 設定

settings-title = 設定
settings-lead = 変えたいものを選んでください
setting-scale = 文字の大きさ
setting-scale-lead = 読みやすい大きさを選んでください
scale-normal = ふつう
scale-large = 大きい
scale-largest = とても大きい
setting-language = ことば
setting-language-lead = 画面のことばを選んでください
language-ja = 日本語
language-ja-easy = やさしい日本語
language-en = English
    .speech = 英語
setting-speech = 読み上げ
setting-speech-lead = 画面の文を声で読みますか。避難情報はいつも読み上げます。
speech-on = 読み上げる
speech-off = 読み上げない
setting-chosen = いまの選択

## カードとログイン

purpose-check-in = 「きょうの体調」に答えるために、カードでご本人を確かめます。
purpose-login = 「町のサービス」にログインするために、カードでご本人を確かめます。
purpose-access-log = 「だれが見たか」の記録を開くために、カードでご本人を確かめます。
card-prompt-title = マイナンバーカードを入れてください
card-prompt-detail = 12けたのマイナンバーは読み取りません。
    .speech = じゅうにけたのマイナンバーは読み取りません。
card-reading = カードを読んでいます
card-checking = ご本人を確かめています
card-keep-inserted = カードを抜かずに、少しお待ちください。
pin-title = 4けたの暗証番号を押してください
    .speech = よんけたの暗証番号を押してください
pin-tries-left = 入力できるのは、あと{ $count }回です。
pin-wrong = 暗証番号がちがいました。もう一度押してください。
pin-digits-spoken = { $count ->
    [0] 消しました
   *[other] { $count }けた目
}
pad-digit = { $digit }
pad-clear = 訂正
pad-submit = 決定
last-try-title = 入力できるのは、あと1回だけです
last-try-lead = まちがえるとカードの暗証番号が使えなくなり、役場での手続きが必要になります。
last-try-stop = やめる
last-try-go-on = 続ける
welcome-lead = ログインしました。
welcome-detail = カードは入れたままにしてください。抜くとログアウトします。
greeting = { $name }さん、ようこそ
    .speech = { $name_kana }さん、ようこそ。
greeting-unnamed = ようこそ
toast-session-ended = ご利用を終わりました。

## カードの困りごと：何が起きたか

trouble-service-down = カードを読む仕組みが止まっています。
trouble-no-reader = カードリーダーが見つかりません。
trouble-reader-gone = カードリーダーが外れました。
trouble-card-mute = カードを読み取れません。
trouble-busy = カードがほかのことに使われています。
trouble-removed = カードが途中で抜かれました。
trouble-transmission = カードとのやりとりが途切れました。
trouble-wrong-card = マイナンバーカードではないようです。
trouble-no-certificate = このカードには、ログインに使う電子証明書が入っていません。
trouble-unreadable = カードの中身を読み取れませんでした。
trouble-blocked = このカードの暗証番号は、いま使えません。
trouble-wrong-pins = 暗証番号を2回まちがえたので、いったん終わります。
trouble-entry-timed-out = しばらく入力がなかったので、暗証番号を消しました。
trouble-login-timed-out = 時間がたったので、ログインを取りやめました。
trouble-expired = カードの電子証明書の有効期限が切れています。
trouble-revoked = このカードの電子証明書は、いま使えません。
trouble-card-refused = このカードではご本人を確かめられませんでした。
trouble-person-unknown = このカードは、いま登録されていません。
trouble-record-differs = カードの内容が、役場の記録と合いません。
trouble-other-household = こちらのお宅の方のカードではありません。
trouble-revocation-unknown = カードが使えるかどうか、いま確かめられません。
trouble-overloaded = いま、たいへん混みあっています。
trouble-box-refused = この受信機は、まだ使える状態になっていません。
trouble-gateway-failed = 役場の側で、うまく処理できませんでした。
trouble-unreachable = いま、役場とつながりません。

## カードの困りごと：何をすればよいか

action-call-operator = ケーブルテレビの会社へお電話ください。
action-plug-reader = カードリーダーの線をしっかり差しこんでください。
action-turn-card = いったん抜き、金色の面を確かめて、奥まで{"\u200B"}入れ直してください。
action-retry-later = 時間をおいて「もう一度」を押してください。
action-wait-and-retry = 少し待ってから「もう一度」を押してください。
action-insert-again = カードをもう一度入れてください。
action-reinsert = カードをいったん抜いて、入れ直してください。
action-insert-my-number-card = マイナンバーカードに入れかえてください。
action-ask-town-office = カードを持って、役場の窓口でご相談ください。
action-blocked = 役場の窓口で暗証番号を設定し直せます。顔認証{"\u200B"}マイナンバーカードは暗証番号がないため、テレビでは使えません。
action-check-pin = 暗証番号を確かめ、カードを入れ直してからお使いください。
action-retry = 「もう一度」を押してください。
action-register = 「カードを登録する」を選ぶか、役場の窓口で登録してください。
action-log-in-with-pin = ホームの「ログイン」から、暗証番号で入ってください。

## カードの困りごと：入力できる回数

tries-not-used = 暗証番号を入力できる回数は減っていません。
tries-unknown = 暗証番号を入力できる回数が、1回減ったかもしれません。
tries-none-left = 暗証番号を入力できる回数がなくなりました。
tries-left = 暗証番号は、あと{ $count }回入力できます。

## きょうの体調

check-in-title = きょうの体調はいかがですか
check-in-again = きょうはもう答えています。もう一度答えることもできます。
condition-good = 元気です
condition-normal = ふつうです
condition-bad = よくないです
contact-title = 役場から電話をしましょうか
contact-lead = 保健師がお話をうかがいます。
contact-saving = 「よくないです」を記録しています。
contact-kept = 「よくないです」は記録しました。
contact-yes = 電話がほしい
contact-no = 電話はいらない
check-in-saving = 記録しています
check-in-sending = 送っています
check-in-done = 記録しました。ありがとうございます。
check-in-delivered = 役場に届きました。
check-in-sent-later = いまはつながらないので、つながりしだい送ります。
check-in-undo = 取り消す
check-in-withdrawing = 取り消しています
check-in-withdrawn = 取り消しました
check-in-withdrawn-empty = きょうのお答えは、ない状態に戻りました。
check-in-withdrawn-earlier = いまのお答えだけを消しました。きょう先にいただいたお答えは、そのまま残っています。
check-in-withdrawn-standing = いまのお答えは「{ $answer }」です。きょう先にいただいたものです。
check-in-answer-again = もう一度答える
check-in-refused = 答えを受け付けられませんでした
answered = お答え：{ $condition }
answered-contact = お答え：{ $condition }・{ $contact }
    .speech = お答え：{ $condition }。{ $contact }。
toast-no-call = お答えは「よくないです」のままです。電話は頼んでいません。
toast-report-refused-phone = 役場に受け付けられませんでした。急ぐときは、役場（{ $phone }）へお電話ください。
    .speech = 役場に受け付けられませんでした。急ぐときは、役場、{ $phone_kana }、へお電話ください。
toast-report-refused = 役場に受け付けられませんでした。急ぐときはお電話ください。

## だれが見たか

access-log-title = だれが見たか
access-log-lead = あなたの情報を見た人の記録です。
access-log-loading = 記録を読みこんでいます。
access-log-failed = いまは記録を読みこめません。少し待ってからもう一度押してください。
access-log-empty = まだだれも見ていません。
access-log-time = { $month }月{ $day }日 { $hour }時{ $digits }分
    .speech = { $month }月{ $day }日{ $hour }時{ $minute }分
access-log-look = { $viewer }　{ $purpose }
access-log-looks = { $viewer }　{ $purpose }（{ $count }回）
access-log-looks-until = { $viewer }　{ $purpose }（{ $hour }時{ $digits }分まで { $count }回）
    .speech = { $viewer }、{ $purpose }。{ $hour }時{ $minute }分まで、{ $count }回

## 避難のそなえ

plan-title = 避難のそなえ
plan-lead = { $area }のお宅からの避難先です。
plan-lead-town = お宅からの避難先です。
plan-unknown = まだ役場から情報が届いていません。
plan-place = { $name }
plan-place-condition = { $name }（{ $condition }）
plan-no-place = 決まった場所はありません
plan-name = { $name }さん
plan-person = { $hazard }のとき：{ $place }
plan-person-helped = { $hazard }のとき：{ $place }（手伝う人：{ $supporter }）

hazard-any = 災害
hazard-flood = 洪水
hazard-landslide = 土砂災害
hazard-storm-surge = 高潮
hazard-earthquake = 地震
hazard-tsunami = 津波
hazard-large-fire = 大規模な火事
hazard-inland-flood = 内水氾濫
    .speech = ないすいはんらん
hazard-volcano = 火山現象

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
    .speech = 津波の避難指示
order-lifted = { $order } 解除
    .speech = { $order }、解除
order-cancelled = { $order } 取消
    .speech = { $order }、取り消し
order-place = { $area }　{ $hazard }
order-place-whole-town = 町全域　{ $hazard }
order-place-changed = { $place }　変更：{ $what }
    .speech = { $place }。変更、{ $what }
order-issued = { $time } 町が発表
order-issued-offline = { $time } 町が発表（いまは通信がつながっていません）
action-leave-now = いますぐ避難してください
action-leave-if-slow = 時間のかかる方はいますぐ避難し、ほかの方は準備をしてください
action-leave-in-time = 避難を始めてください
action-leave-in-time-if-slow = 時間のかかる方は避難を始め、ほかの方は準備をしてください
action-prepare = 避難の準備をしてください
action-run-to-high-ground = いますぐ高い所へ逃げてください
action-secure-life-here = いますぐ命を守ってください。外へ出るより、高い階の安全な部屋へ
    .speech = いますぐ命を守ってください。外へ出るより、高い階の安全な部屋へ移ってください。
action-secure-life-earthquake = いますぐ身を守ってください。窓や倒れそうな物、がけから離れて
    .speech = いますぐ身を守ってください。窓や倒れそうな物、がけから離れてください。
action-secure-life-volcano = いますぐ命を守ってください。丈夫な建物に入り、窓を閉めて
    .speech = いますぐ命を守ってください。丈夫な建物に入り、窓を閉めてください。
action-led = いちばん危ないのは{ $hazard }です。{ $action }
action-all-clear = 解除されました。避難した方は、足もとに気をつけてお戻りください
action-all-clear-left = 解除されました。足もとに気をつけてお戻りください
action-all-clear-stayed = 解除されました。避難の必要はなくなりました
action-disregard = 先ほどの避難情報は誤りでした。避難の必要はありません
action-all-clear-others = この情報は解除されました。ほかの避難情報は続いています
action-disregard-others = この情報は誤りでした。ほかの避難情報は続いています
changed-advice = 避難のしかた
changed-level = 警戒レベル
changed-areas = 対象の地区
changed-shelters = 避難先の状況
changed-reason = 町の説明
changed-period = 期間
changed-both = { $first }と{ $second }
shelter-open = 開いています
shelter-not-known-open = 開いているかは確認できていません
shelter-distance = およそ{ $metres }メートル　{ $state }
shelter-distance-km = およそ{ $kilometres }キロメートル　{ $state }
distance = およそ{ $metres }メートル
distance-km = およそ{ $kilometres }キロメートル
leave-by = { $hour }時{ $minute ->
    [0] {""}
   *[other] { $minute }分
}までに出発してください
supporters = 手伝ってくれる人：{ $names }
step-take-essentials = 薬・めがね・貴重品を持つ
step-turn-off-gas = ガスを止め、ブレーカーを切る
step-call-supporter = 手伝ってくれる人に声をかける
step-call-supporter-named = { $names }に声をかける
step-go-to-destination = 足もとに気をつけて避難先へ行く
step-go-at-once = 何も持たず、すぐに出る
step-go-higher = 少しでも高い所へ上がる
step-do-not-return = 解除されるまで戻らない
step-go-upstairs = 2階以上へ上がる
    .speech = にかい以上へ上がる
step-away-from-slope = がけや窓から離れる
step-call-for-help = 危ないときは119番へ電話する
step-prepare-bag = 持ち物と薬をまとめる
step-check-route = 避難先と道順を確かめる
step-keep-watching = テレビで次の知らせを待つ
step-return-carefully = 足もとに気をつけて帰る
step-tell-others = いっしょにいた人に伝える
answer-leaving = 避難します
answer-need-help = 助けが必要
answer-staying = 家にいます
answer-replace = 「助けが必要」を取り消して、「{ $answer }」に変えますか
    .speech = 助けが必要、を取り消して、{ $answer }、に変えますか。
answer-replace-yes = 「{ $answer }」に変える
    .speech = { $answer }、に変える
care-higher-floor = いま外へ出るのは危険なことがあります。危ないと思ったら出ずに、高い階の部屋へ
    .speech = いま外へ出るのは危険なことがあります。危ないと思ったら、出ずに、高い階の部屋へ移ってください。
care-earthquake = ゆれている間は動かないでください。外では、へいや窓、がけから離れて
    .speech = ゆれている間は動かないでください。外では、へいや窓、がけから離れてください。
care-volcano = いま外へ出るのは危険なことがあります。危ないと思ったら、丈夫な建物の中に
    .speech = いま外へ出るのは危険なことがあります。危ないと思ったら、丈夫な建物の中にいてください。
answer-told = 「{ $answer }」：{ $how_far }
    .speech = { $answer }。{ $how_far }
help-stands = 「助けが必要」のままです：{ $how_far }
    .speech = 助けが必要、のままです。{ $how_far }
help-repeated = { $before }{ $again }
help-before-accepted = 「助けが必要」は、もう押されています。
    .speech = 助けが必要、は、もう押されています。
help-before-arrived = 「助けが必要」は、もう役場に伝わっています。
    .speech = 助けが必要なことは、もう役場に伝わっています。
help-before-seen = 「助けが必要」は、もう町の担当者が確認しました。
    .speech = 助けが必要なことは、もう町の担当者が確認しました。
help-again-sending = もう一度送っています。
help-again-arrived = もう一度伝えました。
answer-not-yet = { $answer }（まだ届いていません）
answer-seen = { $answer }（町が確認しました）
answer-saving = まだ届いていません。いま送っています。
answer-sending = まだ届いていません。いま送っています。
answer-delivered = 役場に伝わりました。
answer-later = まだ届いていません。つながりしだい役場へ送ります。
answer-later-call = まだ届いていません。つながりしだい送ります。急ぐときは119番へ電話してください。
answer-refused = 役場に届きませんでした。急ぐときは119番へ電話してください。
button-details = くわしく
button-next-order = ほかの情報（{ $count }件）
    .speech = ほかの情報を見る

## 避難情報の読み上げ

spoken-drill = これは訓練です。
spoken-call = { $order }。{ $order }。
spoken-again = もう一度お伝えします。
spoken-name = { $name }さん。
    .speech = { $name_kana }さん。
spoken-place = { $town }からお知らせします。{ $area_kana }に、{ $hazard }の、{ $order }です。
spoken-order = { $town }からお知らせします。{ $area_kana }に、{ $order }です。
spoken-order-whole-town = { $town }からお知らせします。町全域に、{ $order }です。
spoken-place-whole-town = { $town }からお知らせします。町全域に、{ $hazard }の、{ $order }です。
spoken-changed = 前のお知らせから変わったのは、{ $what }です。
spoken-reason = { $reason }
spoken-destination = 避難先は、{ $name }です。
    .speech = 避難先は、{ $name_kana }です。
spoken-destination-condition = 避難先は、{ $name }です。{ $condition }
    .speech = 避難先は、{ $name_kana }です。{ $condition }。
spoken-answer = リモコンの矢印で答えを選び、決定を押してください。
spoken-close = 決定を押すと閉じます。

## テレビの外のサービスの確認

tile-services = ほかの{"\u200B"}サービス
    .speech = ほかのサービス
tile-services-note = 番号を押して確認します
hint-digits = 数字ボタンで押し、決定で進みます。戻るでやめられます。
hint-password = ▲▼◀▶で文字を選び、決定で入れます。数字は数字ボタンでも入ります。
pad-delete = 1字消す
digits-missing = 数字ボタンで、あと{ $count }けた押してください。
    .speech = 数字ボタンで、あと{ $count }桁、押してください。
digit-deleted = 1字消しました
button-back = 戻る
words-joined = { $first }、{ $second }
service-name = { $name }
    .speech = { $name_kana }
service-text = { $text }
service-number-title = 8けたの番号を押してください
    .speech = はちけたの番号を押してください。
service-number-lead = スマートフォンやパソコンの画面に出ている番号です。
service-number-unknown = この番号は使えません。サービスの画面で新しい番号を出して、押してください。
service-number-too-many = まちがいが続いたので、しばらく使えません。1時間たってから押してください。
service-number-box-refused = この受信機は、まだ使える状態になっていません。ケーブルテレビの会社へお電話ください。
service-number-unreachable = いま、役場とつながりません。少し待ってから「決定」を押してください。
service-looking-up = 番号を確かめています
service-sending = お返事を送っています
service-wait = 少しお待ちください。
service-request-title = 「{ $service }」が、ご本人の確認を求めています
    .speech = { $service }が、ご本人の確認を求めています。
service-request-lead = いま、ご自分で始めた手続きですか。覚えがないときは「いいえ」を選んでください。
service-purpose = 何のため
service-form = 書類
service-attributes = 伝わること
service-proof = 確認のしかた
attribute-name = 名前
attribute-kana = 名前の読みがな
attribute-municipality = お住まいの町
attribute-district = お住まいの地区
attribute-none = 同じ人であることだけ（名前は伝わりません）
proof-card = マイナンバーカードを入れます
proof-pin = マイナンバーカードと、4けたの暗証番号
    .speech = マイナンバーカードと、よんけたの暗証番号
proof-password = マイナンバーカードと、署名用パスワード。カードの氏名、住所、生年月日、性別を役場の記録と比べます。
service-no = いいえ
service-yes = はい
service-question-count = { $count }問のうち{ $position }問目です。あてはまるものを選んでください。
service-unanswered = まだ答えていません
service-summary-title = お答えはこれでよいですか
service-summary-lead = 次の画面でカードを使うと、「{ $service }」に送られます。
service-mend = 答えを直す
service-confirm = これでよい
purpose-service = 「{ $service }」の求めに答えるために、カードでご本人を確かめます。
purpose-any-service = サービスの求めに答えるために、カードでご本人を確かめます。
service-given-title = 「{ $service }」に伝えました
    .speech = { $service }に伝えました。
service-given-lead = 伝えたこと：{ $what }
service-given-form = 「{ $form }」へのお答え
service-given-detail = 取り消すときは、ホームの「設定」から「カードと許可」を開いてください。
service-nothing-given = 何も伝えていません
service-refused = サービスには「いいえ」とだけ伝わります。
service-expired = 時間がたったので、この番号は使えなくなりました。サービスの画面で新しい番号を出してください。
service-not-accepted = このカードでは受け付けられませんでした。サービスの画面からやり直してください。
service-unknown-title = お返事が届いたか、わかりません
service-unknown-lead = 途中で役場とつながらなくなりました。「{ $service }」の画面で確かめてください。
service-anew = 番号を押し直す
toast-service-left = サービスには何も伝えずに終わりました。
toast-service-given = サービスにお返事を伝えました。
toast-service-unknown = お返事が届いたかわかりません。サービスの画面で確かめてください。

## カードと許可

cards-title = カードと許可
cards-note = 登録・紛失・許可の取り消し
cards-lead = 何をしますか
cards-consents = サービスへの許可
cards-consents-note = 見る・取り消す
cards-link = カードを登録する
cards-link-note = 新しいカードを使う
cards-stop = カードをなくした
cards-stop-note = すぐに止める
cards-log-note = 自分の情報の記録
purpose-consents = 「サービスへの許可」を見るために、カードでご本人を確かめます。
purpose-link-card = このカードを登録するために、カードの暗証番号を確かめます。
consents-title = サービスへの許可
consents-lead = 許可しているサービスです。選ぶと中身を見られます。
consents-loading = 許可を読みこんでいます
consents-failed = いまは許可を読みこめません
consents-empty = 許可しているサービスはありません。
consents-first-page = 最初のページ
consent-lead = このサービスに許可していることです。
consent-given-label = 許可した日
consent-used-label = 最後の利用
consent-date = { $month }月{ $day }日
consent-used = { $month }月{ $day }日に利用
consent-withdraw = 取り消す
withdraw-title = この許可を取り消しますか
withdraw-lead = 取り消すと、「{ $service }」はあなたの情報を受け取れなくなります。
consent-withdrawing = 取り消しています
withdrawn-title = 取り消しました
withdrawn-lead = もう一度使うときは、サービスの画面から始めてください。
not-withdrawn-title = いまは取り消せませんでした
action-wait-later = 少し待ってから、もう一度ためしてください。
link-title = カードを登録しますか
link-lead = 登録すると、このカードでログイン{"\u200B"}できるようになります。カードの電子証明書の番号を役場が記録します。
link-detail = 12けたのマイナンバーは読み取りません。
    .speech = じゅうにけたのマイナンバーは読み取りません。
link-nobody = このお宅の方の情報がまだ届いていません。役場の窓口で登録してください。
link-no = 登録しない
link-yes = 登録に進む
link-who-title = どなたのカードですか
link-who-lead = カードの持ち主を選んでください。
link-person = { $name }さん
    .speech = { $name_kana }さん
link-letter-title = { $person }のカードを登録します
link-letter-lead = 役場からの手紙に、12けたの登録番号がありますか。
    .speech = 役場からの手紙に、じゅうにけたの登録番号がありますか。
link-letter-yes = 手紙の番号を押す
link-letter-no = 手紙はない
link-letter-no-note = 役場の確認を待ちます
letter-code-title = 手紙の12けたの番号を押してください
    .speech = 手紙の、じゅうにけたの番号を押してください。
letter-code-link-lead = 役場からの手紙にある登録番号です。マイナンバーは押さないでください。
letter-code-stop-lead = 役場からの手紙にある停止番号です（マイナンバーではありません）。手紙がないときは、役場へお電話ください。
letter-code-stop-lead-phone = 役場からの手紙にある停止番号です（マイナンバーではありません）。手紙がないときは、役場（{ $phone }）へお電話ください。
    .speech = 役場からの手紙にある停止番号です。マイナンバーではありません。手紙がないときは、役場、{ $phone_kana }、へお電話ください。
letter-code-stop-detail = 番号を押して決定すると、カードが止まります。
letter-code-refused = この番号は使えません。手紙を見て、もう一度押してください。
letter-code-too-many = まちがいが続いたので、いまは使えません。少し待ってから押してください。
linked-title = カードを登録しました
linked-lead = いまからこのカードでログインできます。
waits-title = 役場の確認を待っています
waits-lead = 役場で確認できしだい、このカードでログイン{"\u200B"}できるようになります。
stop-title = カードを止めますか
stop-lead = 止めると、町のサービスでこのカードが使えなくなります。もう一度使うには、登録のやり直しが必要です。
stop-yes = 止める
stop-sending = カードを止めています
stopped-title = カードを止めました
stopped-lead = 町のサービスでは、もう使えません。
stopped-detail = カードそのものを止めるには、マイナンバー{"\u200B"}総合{"\u200B"}フリーダイヤル 0120-95-0178 に電話してください。
    .speech = カードそのものを止めるには、マイナンバー総合フリーダイヤル、ゼロイチニーゼロ、キューゴー、ゼロイチナナハチに電話してください。
stop-unknown-title = 止められたか、わかりません
stop-unknown-lead = 止められたか確かめられませんでした。役場へお電話ください。
stop-unknown-lead-phone = 止められたか確かめられませんでした。役場へお電話ください。
    .speech = 止められたか確かめられませんでした。役場、{ $phone_kana }、へお電話ください。
toast-cards-unknown-phone = カードを止められたか、わかりません。役場（{ $phone }）へお電話ください。
    .speech = カードを止められたか、わかりません。役場、{ $phone_kana }、へお電話ください。
toast-cards-stopped = カードを止めました。町のサービスでは、もう使えません。
toast-cards-not-stopped = カードは止まっていません。「カードと許可」からやり直してください。
toast-cards-unknown = カードを止められたか、わかりません。役場へお電話ください。

## 署名用パスワードと、カードの困りごと（続き）

phone-needs-login = スマートフォンは、ホームの「ログイン」から使えます。
pin-title-phone = スマートフォン用の4けたの暗証番号を押してください
    .speech = スマートフォン用の、よんけたの暗証番号を押してください
password-title = 署名用パスワードを入れてください
password-wrong = パスワードがちがいました。もう一度入れてください。
password-length = { $least }～{ $most }文字
    .speech = { $least }文字から{ $most }文字
password-count = いま{ $count }文字
password-characters-spoken = { $count }文字目
keyboard-key = { $key }
last-password-lead = まちがえると署名用パスワードが使えなくなり、役場での手続きが必要になります。
trouble-no-signature = このカードには、署名用の電子証明書が入っていません。
action-no-signature = 15歳未満の方のカードなどには入っていません。役場の窓口でご相談ください。
trouble-password-blocked = このカードの署名用パスワードは、いま使えません。
action-password-blocked = 役場の窓口で設定し直せます。カードを持ってお越しください。
trouble-wrong-passwords = パスワードを2回まちがえたので、いったん終わります。
action-check-password = パスワードを確かめ、カードを入れ直してからお使いください。
trouble-password-timed-out = しばらく入力がなかったので、パスワードを消しました。
password-tries-not-used = パスワードを入力できる回数は減っていません。
password-tries-unknown = パスワードを入力できる回数が、1回減ったかもしれません。
password-tries-none-left = パスワードを入力できる回数がなくなりました。
password-tries-left = パスワードは、あと{ $count }回入力できます。
trouble-link-refused = このカードは登録できませんでした。
trouble-link-unknown = カードを登録できたか、わかりません。
action-newer-card = 新しいカードがあれば入れかえてください。なければ役場の窓口でご相談ください。

## 受信機のこと

keys-simple = リモコンは「かんたん」です。変えたいときは、役場へお電話ください。
keys-minimal = リモコンは「最小限」です。変えたいときは、役場へお電話ください。
keys-simple-phone = リモコンは「かんたん」です。変えたいときは、役場（{ $phone }）へお電話ください。
    .speech = リモコンは「かんたん」です。変えたいときは、役場、{ $phone_kana }、へお電話ください。
keys-minimal-phone = リモコンは「最小限」です。変えたいときは、役場（{ $phone }）へお電話ください。
    .speech = リモコンは「最小限」です。変えたいときは、役場、{ $phone_kana }、へお電話ください。
two-sentences =
    { $first }
    { $second }
diagnosis-title = 受信機のようすを送ってもよいですか
diagnosis-lead = ケーブルテレビのサポートからのお願いです。
diagnosis-reason = 理由
diagnosis-reason-text = { $text }
diagnosis-sent-label = 送るもの
diagnosis-sent-text = 受信機の状態と記録（カードの出し入れの時刻も）
diagnosis-kept-label = 送らないもの
diagnosis-kept-text = お名前、予約、体調のお答え、見た番組
diagnosis-no = 送らない
diagnosis-yes = 送る
diagnosis-hint = ▲▼◀▶で選び、決定を押します。戻るは「送らない」と同じです。
    .speech = 矢印で選び、決定を押してください。
diagnosis-sending = 送っています
diagnosis-wait = そのままお待ちください。テレビに戻っても送れます。
diagnosis-thanks = 送りました
diagnosis-thanks-lead = ご協力ありがとうございました。
diagnosis-later = いまは送れませんでした
diagnosis-later-lead = つながったら自動で送ります。そのままでかまいません。
diagnosis-over = 送りませんでした
diagnosis-over-lead = 点検の受け付けが終わっていました。そのままでかまいません。
toast-diagnosis-no = 受信機のようすは、送りませんでした。

## はじめて使うとき

first-language-title = ことばを選んでください（Language）
    .speech = ことばを選んでください。
first-language-lead = テレビに出る文と声のことばです。あとで「設定」で変えられます。
first-scale-title = 文字の大きさを選んでください
first-scale-lead = ▲▼を押すと、この画面の文字が変わります。見やすい大きさで、決定を押してください。
    .speech = 上下の矢印を押すと、画面の文字が変わります。見やすい大きさで、決定を押してください。
first-scale-hint = ▲▼で選び、決定を押します。戻るで前の画面に戻ります。
    .speech = 上下の矢印で選び、決定を押してください。
first-hint = ▲▼で選び、決定を押します。
    .speech = 矢印で選び、決定を押してください。
first-code-title = 手紙の12けたの番号を押してください
    .speech = 手紙の、じゅうにけたの番号を押してください。
first-code-lead = ケーブルテレビの手紙にある番号です。マイナンバーではありません。
first-code-lead-phone = ケーブルテレビの手紙にある番号です。手紙がないときは、{ $phone }へお電話ください。
    .speech = ケーブルテレビの手紙にある番号です。手紙がないときは、{ $phone_kana }、へお電話ください。
first-refused-title = この番号は使えません
first-refused-lead = 手紙を見て、12けたの番号をもう一度押してください。
    .speech = 手紙を見て、じゅうにけたの番号を、もう一度押してください。
first-refused-again-lead = 手紙の番号と同じなら、ケーブルテレビへお電話ください。
first-refused-again-lead-phone = 手紙の番号と同じなら、ケーブルテレビ（{ $phone }）へお電話ください。
    .speech = 手紙の番号と同じなら、ケーブルテレビ、{ $phone_kana }、へお電話ください。
first-code-hint = 数字ボタンで押し、決定で進みます。戻るで前の画面に戻ります。
first-connecting-title = ケーブルテレビとつないでいます
first-connecting-lead = このままお待ちください。つながると、自動でテレビが映ります。
first-crowded-title = いま、混み合っています
first-unreachable-title = ケーブルテレビとつながりません
first-unreachable-lead = 受信機のうしろのケーブルが、奥までささっているか確かめてください。つながると、自動で進みます。
first-faulty-title = この受信機は、まだ使えません
call-operator = ケーブルテレビへお電話ください。
call-operator-phone = ケーブルテレビ（{ $phone }）へお電話ください。
    .speech = ケーブルテレビ、{ $phone_kana }、へお電話ください。
first-unreachable-phone = つながらないときは、ケーブルテレビ（{ $phone }）へお電話ください。
    .speech = つながらないときは、ケーブルテレビ、{ $phone_kana }、へお電話ください。
first-retype = 手紙の番号を押す
first-retype-hint = 決定を押すと、番号の画面に戻ります。
first-done = 準備ができました。テレビをお楽しみください。
status-refused = 登録されていません
refused-call = この受信機は登録されていません。ケーブルテレビへお電話ください。
refused-call-phone = この受信機は登録されていません。ケーブルテレビ（{ $phone }）へお電話ください。
    .speech = この受信機は登録されていません。ケーブルテレビ、{ $phone_kana }、へお電話ください。
start-over-tile = はじめの設定に戻す
start-over-note = 手紙の番号を入れ直します
start-over-title = はじめの設定に戻しますか
start-over-lead = この受信機に残っている家の情報が、すべて消えます。新しい手紙の番号を入れるまで、テレビも避難の情報も出ません。
start-over-no-letter = 新しい手紙がないときは、ケーブルテレビへお電話ください。
start-over-no-letter-phone = 新しい手紙がないときは、ケーブルテレビ（{ $phone }）へお電話ください。
    .speech = 新しい手紙がないときは、ケーブルテレビ、{ $phone_kana }、へお電話ください。
start-over-no = 戻さない
start-over-yes = 消して戻す
start-over-begun-title = はじめの設定に戻しています
start-over-begun-lead = 電源を切らずに、このままお待ちください。画面が一度消えて、ことばを選ぶ画面が出ます。
start-over-failed-title = はじめの設定に戻せませんでした
