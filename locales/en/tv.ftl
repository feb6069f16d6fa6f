# Sentences of the television. Rule: one sentence for what happened, one for what to do.
# An attribute .speech is what is spoken; without one the shown sentence is spoken.
# Names of warning levels and orders are fixed terms.

## Watching television

no-channels = Waiting for the list of channels. Please wait a moment.
no-signal = No signal. Please try another channel.
picture-recovering = Restoring the picture. Please wait a moment.
picture-unsupported = This channel cannot be shown. Please choose another one.
tuning = Changing channel
no-such-channel = There is no such channel
typing-number = Please press the number
audio-fixed = This channel has only one sound.
audio-none = There is no sound to choose now.
audio-chosen = Sound { $number } of { $count } is on.
no-captions = This box cannot show captions.
guide-title = Channels
guide-lead = There is no programme guide. Choose a channel to watch
guide-channel = { $number }  { $name }
guide-present = On now
update-tonight = This box has received an update. It restarts tonight, when nobody is watching.
update-renewed = This box has been updated. Nothing changes for you.
update-went-back = The update did not work; this box runs as it did before.

## Every page

hint-choose = Choose with ▲▼◀▶ and press 決定 (OK). 戻る (Back) goes back one page.
    .speech = Choose with the arrows and press OK.
hint-begin = Press 決定 (OK) for the town's services
hint-contact = Choose with ▲▼◀▶ and press OK. Back means no call.
    .speech = Choose with the arrows and press OK.
hint-pin = Press four digits on the remote. 戻る (Back) stops.
button-home = Home
button-close = Close
button-stop = Stop
button-retry = Try again
button-finish = Back to TV
button-next-page = Next page
button-previous-page = Previous page
status-offline = Not connected to the town office
status-greeting = { $name }
focus-position = { $position } of { $count }
row-spoken = { $label }, { $value }.

## Home

home-title = Home
home-lead = What would you like to do?
tile-check-in = How are you today?
tile-check-in-note = One press to answer
tile-login = Sign in
    .speech = Sign in with your My Number card
tile-login-note = With My Number card
tile-pin = Enter your PIN
tile-pin-note = To use more services
tile-logout = Sign out
tile-logout-note = End your session
tile-plan = Evacuation plan
tile-plan-note = Where to go
tile-order = Evacuation order
tile-order-note = In force now
tile-drill-note = A drill
tile-help = I need help
tile-help-note = Still stands
tile-help-seen-note = Seen by the town
tile-access-log = Who looked
tile-access-log-note = At your data
tile-settings = Settings
tile-settings-note = Text, language, voice
tile-television = Back to TV
tile-television-note = Watch television

## A call for help that outlived its order

help-remains = “I need help” still stands. To take it back, press 決定 (OK).
    .speech = I need help still stands. To take it back, press OK.
help-remains-unsent = “I need help” has not been received yet. If it is urgent, call 119.
    .speech = I need help has not been received yet. If it is urgent, call one one nine.
help-title = “I need help” still stands
    .speech = I need help still stands.
help-detail = The evacuation order is over, but your call for help still stands.
help-keep = Leave it as it is
help-end = I no longer need help
help-ended = The town is being told that you no longer need help.
help-seen = The town’s staff has seen to your call for help.
help-seen-title = From the town office
help-seen-detail = If you still need help, call again. If it is urgent, call 119.
    .speech = If you still need help, call again. If it is urgent, call one one nine.
help-again = I still need help
help-called-again = Your call for help is being sent again.

## Settings

settings-title = Settings
settings-lead = Choose what to change
setting-scale = Text size
setting-scale-lead = Choose the size that is easy to read
scale-normal = Normal
scale-large = Large
scale-largest = Very large
setting-language = Language
setting-language-lead = Choose the language of the screen
language-ja = 日本語
    .speech = Japanese
language-ja-easy = やさしい日本語
    .speech = Easy Japanese
language-en = English
setting-speech = Voice
setting-speech-lead = Shall the screen be read aloud? Evacuation orders always are.
speech-on = Read aloud
speech-off = Do not read aloud
setting-chosen = Chosen now

## Card and sign-in

purpose-check-in = Your card shows who you are, so that you can answer “How are you today?”.
purpose-login = Your card shows who you are, so that you can sign in to the town's services.
purpose-access-log = Your card shows who you are, so that you can see who looked at your data.
card-prompt-title = Please insert your My Number card
card-prompt-detail = Your 12-digit My Number is not read.
card-reading = Reading your card
card-checking = Checking who you are
card-keep-inserted = Please leave the card in and wait a moment.
pin-title = Please press your four-digit PIN
pin-tries-left = { $count ->
    [one] You have { $count } try left.
   *[other] You have { $count } tries left.
}
pin-wrong = The PIN was wrong. Please enter it again.
pin-digits-spoken = { $count ->
    [0] Cleared
   *[other] Digit { $count }
}
pad-digit = { $digit }
pad-clear = Clear
pad-submit = OK
last-try-title = Only one try is left
last-try-lead = If the PIN is wrong again, it is blocked and only the town office can reset it.
last-try-stop = Stop
last-try-go-on = Go on
welcome-lead = You are signed in.
welcome-detail = Please leave the card in. Taking it out signs you out.
greeting = Hello, { $name }
    .speech = Hello, { $name_kana }.
greeting-unnamed = Hello
toast-session-ended = You are signed out. Please do not forget your card.

## Card troubles: what happened

trouble-service-down = The card service is not running.
trouble-no-reader = No card reader was found.
trouble-reader-gone = The card reader was unplugged.
trouble-card-mute = The card cannot be read.
trouble-busy = The card is in use by something else.
trouble-removed = The card was taken out too early.
trouble-transmission = The connection to the card broke off.
trouble-wrong-card = This does not seem to be a My Number card.
trouble-no-certificate = This card holds no certificate for signing in.
trouble-unreadable = The content of the card could not be read.
trouble-blocked = The PIN of this card cannot be used now.
trouble-wrong-pins = The PIN was wrong twice, so we stop here.
trouble-entry-timed-out = Nothing was entered for a while, so the PIN was cleared.
trouble-login-timed-out = It took too long, so the sign-in was stopped.
trouble-expired = The certificate on the card has expired.
trouble-revoked = The certificate of this card cannot be used now.
trouble-card-refused = This card could not show who you are.
trouble-person-unknown = This card is not linked now.
trouble-record-differs = What the card says differs from the town’s records.
trouble-other-household = This card is not of this household.
trouble-revocation-unknown = We cannot check just now whether this card may be used.
trouble-overloaded = Very many people are using the service just now.
trouble-box-refused = This box is not ready for use yet.
trouble-gateway-failed = Something went wrong at the town's side.
trouble-unreachable = The town office cannot be reached just now.

## Card troubles: what to do

action-call-operator = Please call your cable television company.
action-plug-reader = Please plug in the cable of the card reader firmly.
action-turn-card = Please take the card out, check the gold side, and push it in fully.
action-retry-later = Please press “Try again” some time later.
action-wait-and-retry = Please wait a little and press “Try again”.
action-insert-again = Please insert the card again.
action-reinsert = Please take the card out and insert it again.
action-insert-my-number-card = Please insert a My Number card instead.
action-ask-town-office = Please bring the card to the town office.
action-blocked = The town office can set the PIN anew. A card for face authentication has no PIN and cannot be used on the television.
action-check-pin = Please make sure of the PIN, then insert the card again.
action-retry = Please press “Try again”.
action-register = Choose “Link a card”, or register at the town office.
action-log-in-with-pin = Please choose “Log in” on the home page and use your PIN.

## Card troubles: tries

tries-not-used = No try of the PIN was used.
tries-unknown = One try of the PIN may have been used.
tries-none-left = No try of the PIN is left.
tries-left = { $count ->
    [one] { $count } try of the PIN is left.
   *[other] { $count } tries of the PIN are left.
}

## How are you today?

check-in-title = How are you today?
check-in-again = You have answered today. You may answer again.
condition-good = I am well
condition-normal = So so
condition-bad = Not well
contact-title = Shall the town office call you?
contact-lead = A public-health nurse will listen to you.
contact-saving = Saving your answer “not well”.
contact-kept = Your answer “not well” is saved.
contact-yes = Please call me
contact-no = No call, thank you
check-in-saving = Saving your answer
check-in-sending = Sending your answer
check-in-done = Your answer is kept. Thank you.
check-in-delivered = The town office has it.
check-in-sent-later = There is no connection now; it will be sent later.
check-in-undo = Undo
check-in-withdrawing = Taking it back
check-in-withdrawn = Your answer was taken back
check-in-withdrawn-empty = There is no answer of yours today.
check-in-withdrawn-earlier = Only this answer was taken back. The answer you gave earlier today stands.
check-in-withdrawn-standing = Your answer is now “{ $answer }”, as you said earlier today.
check-in-answer-again = Answer again
check-in-refused = Your answer was not accepted
answered = Your answer: { $condition }
answered-contact = Your answer: { $condition } – { $contact }
    .speech = Your answer: { $condition }. { $contact }.
toast-no-call = Your answer stands: not well. You did not ask for a call.
toast-report-refused-phone = The town office did not accept it. If it is urgent, please call the town office ({ $phone }).
toast-report-refused = The town office did not accept it. If it is urgent, please call.

## Who looked

access-log-title = Who looked
access-log-lead = These people looked at your data.
access-log-loading = Reading the records.
access-log-failed = The records cannot be read now. Please wait a little and try again.
access-log-empty = Nobody has looked yet.
access-log-time = { $month }/{ $day } { $hour }:{ $digits }
access-log-look = { $viewer }  { $purpose }
access-log-looks = { $viewer }  { $purpose } ({ $count } times)
access-log-looks-until = { $viewer }  { $purpose } ({ $count } times, until { $hour }:{ $digits })

## Evacuation plan

plan-title = Evacuation plan
plan-lead = Where to go from your home in { $area }.
plan-lead-town = Where to go from your home.
plan-unknown = Nothing has come from the town office yet.
plan-place = { $name }
plan-place-condition = { $name } ({ $condition })
plan-no-place = No place is designated
plan-name = { $name }
plan-person = { $hazard }: { $place }
plan-person-helped = { $hazard }: { $place } (may help: { $supporter })

hazard-any = Any disaster
hazard-flood = Flood
hazard-landslide = Landslide
hazard-storm-surge = Storm surge
hazard-earthquake = Earthquake
hazard-tsunami = Tsunami
hazard-large-fire = Large fire
hazard-inland-flood = Flooding by rain
hazard-volcano = Volcanic event

## Orders

order-level-three = Level 3: Evacuation of the Elderly, Etc.
order-level-four = Level 4: Evacuation Instruction
order-level-five = Level 5: Emergency Safety Measures
order-elderly = Evacuation of the Elderly, Etc.
order-instruction = Evacuation Instruction
order-safety = Emergency Safety Measures
order-tsunami = Tsunami: Evacuation Instruction
order-lifted = { $order } – lifted
    .speech = { $order }, lifted
order-cancelled = { $order } – cancelled
    .speech = { $order }, cancelled
order-place = { $area } – { $hazard }
order-place-whole-town = Whole town – { $hazard }
order-place-changed = { $place } – changed: { $what }
    .speech = { $place }. Changed: { $what }
order-issued = Issued by the town at { $time }
order-issued-offline = Issued by the town at { $time } (no connection now)
action-leave-now = Evacuate now
action-leave-if-slow = Those who need time: leave now. Others: get ready
action-leave-in-time = Begin to evacuate
action-leave-in-time-if-slow = Those who need time: set out. Others: get ready
action-prepare = Get ready to evacuate
action-run-to-high-ground = Run to high ground now
action-secure-life-here = Protect your life now: go to a safe room upstairs rather than outside
action-secure-life-earthquake = Protect yourself now: keep away from windows, slopes and things that may fall
action-secure-life-volcano = Protect your life now: go into a solid building and close its windows
action-led = Gravest danger: { $hazard }. { $action }
action-all-clear = This order is over. Those who left: please return with care
action-all-clear-left = This order is over. Please return with care
action-all-clear-stayed = This order is over. You need not evacuate any more
action-disregard = The earlier order was a mistake. You need not evacuate
action-all-clear-others = This order is over. Another order still holds
action-disregard-others = This order was a mistake. Another order still holds
changed-advice = what to do
changed-level = the level
changed-areas = the districts
changed-shelters = the shelters
changed-reason = the explanation
changed-period = the period
changed-both = { $first } and { $second }
shelter-open = Open
shelter-not-known-open = Not known to be open
shelter-distance = About { $metres } m – { $state }
shelter-distance-km = About { $kilometres } km – { $state }
distance = About { $metres } m
distance-km = About { $kilometres } km
leave-by = Leave by { $time }
supporters = May help you: { $names }
step-take-essentials = Take medicine, glasses and valuables
step-turn-off-gas = Turn off gas and the circuit breaker
step-call-supporter = Call the person who may help you
step-call-supporter-named = Call { $names }
step-go-to-destination = Go to the shelter with care
step-go-at-once = Take nothing, leave at once
step-go-higher = Go as high as you can
step-do-not-return = Do not return until it is lifted
step-go-upstairs = Go upstairs
step-away-from-slope = Keep away from slopes and windows
step-call-for-help = In danger, call 119
    .speech = In danger, call one one nine
step-prepare-bag = Pack your bag and medicine
step-check-route = Check the shelter and the way
step-keep-watching = Wait for the next word on TV
step-return-carefully = Return home with care
step-tell-others = Tell those who were with you
answer-leaving = I am leaving
answer-need-help = I need help
answer-staying = I am staying home
answer-replace = Take back “I need help” and say “{ $answer }” instead?
answer-replace-yes = Yes: { $answer }
care-higher-floor = Going out now may be dangerous. If it looks unsafe, stay inside and go to a higher floor
care-earthquake = Stay where you are while it shakes. Outside, keep away from walls, windows and slopes
care-volcano = Going out now may be dangerous. If it looks unsafe, stay in a solid building
answer-told = “{ $answer }”: { $how_far }
    .speech = { $answer }. { $how_far }
help-stands = “I need help” still stands: { $how_far }
    .speech = I need help still stands. { $how_far }
help-repeated = { $before } { $again }
help-before-accepted = You have already pressed the call for help.
help-before-arrived = The town office already has your call for help.
help-before-seen = The town’s staff has already seen to your call for help.
help-again-sending = It is being sent again.
help-again-arrived = It was told again.
answer-not-yet = { $answer } (not yet received)
answer-seen = { $answer } (seen by the town)
answer-saving = Not yet received. It is being sent.
answer-sending = Not yet received. It is being sent.
answer-delivered = The town office has it.
answer-later = Not yet received. It will be sent as soon as possible.
answer-later-call = Not yet received. It will be sent as soon as possible. If it is urgent, call 119.
    .speech = Not yet received. It will be sent as soon as possible. If it is urgent, call one one nine.
answer-refused = It did not reach the town office. If it is urgent, call 119.
    .speech = It did not reach the town office. If it is urgent, call one one nine.
button-details = More
button-next-order = More orders ({ $count })
    .speech = Show the next order

## Orders as they are spoken

spoken-drill = This is a drill.
spoken-call = { $order }. { $order }.
spoken-again = Once again.
spoken-name = { $name }.
    .speech = { $name_kana }.
spoken-place = This is { $town }. For { $area_kana }: { $hazard }. { $order }.
spoken-order = This is { $town }. For { $area_kana }: { $order }.
spoken-order-whole-town = This is { $town }. For the whole town: { $order }.
spoken-place-whole-town = This is { $town }. For the whole town: { $hazard }. { $order }.
spoken-changed = What changed: { $what }.
spoken-reason = { $reason }
spoken-destination = Go to { $name }.
    .speech = Go to { $name_kana }.
spoken-destination-condition = Go to { $name }. { $condition }
    .speech = Go to { $name_kana }. { $condition }.
spoken-answer = Choose your answer with the arrows and press OK.
spoken-close = Press OK to close.

## Services outside the television

tile-services = Other services
tile-services-note = Confirm with a number
hint-digits = Press the number keys, then 決定 (OK). 戻る (Back) leaves.
hint-password = Choose with ▲▼◀▶ and enter with 決定 (OK). Number keys work too.
pad-delete = Delete
digits-missing =
    { $count ->
        [one] Please press one more digit on the number keys.
       *[other] Please press { $count } more digits on the number keys.
    }
digit-deleted = Deleted
button-back = Back
words-joined = { $first }, { $second }
service-name = { $name }
    .speech = { $name_kana }
service-text = { $text }
service-number-title = Please press the eight-digit number
service-number-lead = It is shown on your phone or computer.
service-number-unknown = This number cannot be used. Get a new one from the service and press it.
service-number-too-many = Too many wrong numbers. Please try again in an hour.
service-number-box-refused = This box is not ready yet. Please call the cable company.
service-number-unreachable = The town cannot be reached now. Wait a little, then press 決定 (OK).
service-looking-up = Checking the number
service-sending = Sending your answer
service-wait = Please wait a moment.
service-request-title = { $service } asks who you are
service-request-lead = Did you start this yourself just now? If not, choose No.
service-purpose = What for
service-form = Form
service-attributes = What it gets
service-proof = How
attribute-name = your name
attribute-kana = its reading
attribute-municipality = your town
attribute-district = your district
attribute-none = only that it is the same person (not your name)
proof-card = Insert your My Number card
proof-pin = My Number card and four-digit PIN
proof-password = My Number card and signature password. The name, address, birth date and sex on the card are compared with the town’s record.
service-no = No
service-yes = Yes
service-question-count = Question { $position } of { $count }. Choose what applies.
service-unanswered = Not answered yet
service-summary-title = Are these your answers?
service-summary-lead = When you use your card on the next page, they go to { $service }.
service-mend = Change answers
service-confirm = These are right
purpose-service = Your card shows who you are, to answer { $service }.
purpose-any-service = Your card shows who you are, to answer a service.
service-given-title = { $service } has your answer
service-given-lead = What it got: { $what }
service-given-form = your answers to “{ $form }”
service-given-detail = To take it back, open Settings, then Cards and permissions.
service-nothing-given = Nothing was given
service-refused = The service only learns that you said no.
service-expired = This number has run out. Please get a new one from the service.
service-not-accepted = It was not accepted with this card. Please start again at the service.
service-unknown-title = We do not know whether it arrived
service-unknown-lead = The connection broke. Please look at the page of { $service }.
service-anew = Another number
toast-service-left = Nothing was given to a service.
toast-service-given = The service has your answer.
toast-service-unknown = We do not know whether your answer arrived. Please look at the service's page.

## Cards and permissions

cards-title = Cards and permissions
cards-note = Link, lost card, permissions
cards-lead = What would you like to do?
cards-consents = Permissions
cards-consents-note = See and take back
cards-link = Link a card
cards-link-note = Use a new card
cards-stop = Lost card
cards-stop-note = Stop it at once
cards-log-note = Looks at your data
purpose-consents = Your card shows who you are, so that you can see your permissions.
purpose-link-card = Your PIN shows that this card is yours, so that it can be linked.
consents-title = Permissions
consents-lead = These services have your permission. Choose one to see it.
consents-loading = Loading permissions
consents-failed = Permissions cannot be loaded now
consents-empty = No service has your permission.
consents-first-page = First page
consent-lead = This is what you allow.
consent-given-label = Since
consent-used-label = Last use
consent-date = { $month }/{ $day }
consent-used = used on { $month }/{ $day }
consent-withdraw = Take it back
withdraw-title = Take this permission back?
withdraw-lead = { $service } will get nothing about you any more.
consent-withdrawing = Taking it back
withdrawn-title = It is taken back
withdrawn-lead = To use the service again, start at its page.
not-withdrawn-title = It could not be taken back now
action-wait-later = Please wait a little and try again.
link-title = Link a card?
link-lead = You can then sign in with this card. The town keeps the number of its certificate.
link-detail = Your 12-digit My Number is not read.
link-nobody = Nobody of this home is known yet. Please register at the town office.
link-no = Do not link
link-yes = Link it
link-who-title = Whose card is it?
link-who-lead = Choose the holder of the card.
link-person = { $name }
    .speech = { $name_kana }
link-letter-title = Linking the card of { $person }
link-letter-lead = Is there a 12-digit registration number in a letter from the town?
link-letter-yes = Enter the number
link-letter-no = No letter
link-letter-no-note = The town confirms later
letter-code-title = Please press the 12-digit number in the letter
letter-code-link-lead = The registration number from the town. Do not enter your My Number.
letter-code-stop-lead = The stop number is in the letter from the town office (it is not your My Number). If you have no letter, please phone the town office.
letter-code-stop-lead-phone = The stop number is in the letter from the town office (it is not your My Number). If you have no letter, please phone the town office ({ $phone }).
letter-code-stop-detail = When you press the number and OK, the card is stopped.
letter-code-refused = This number cannot be used. Look at the letter and press it again.
letter-code-too-many = Too many tries. Wait a little, then press it again.
linked-title = Your card is linked
linked-lead = You can sign in with it from now on.
waits-title = Waiting for the town
waits-lead = When the town has confirmed it, you can sign in with this card.
stop-title = Stop your card?
stop-lead = The card will open none of the town's services. To use it again, it must be linked anew.
stop-yes = Stop it
stop-sending = Stopping your card
stopped-title = Your card is stopped
stopped-lead = It opens none of the town's services any more.
stopped-detail = To stop the card itself everywhere, call 0120-95-0178.
stop-unknown-title = We do not know whether it is stopped
stop-unknown-lead = It could not be confirmed. Please call the town office.
stop-unknown-lead-phone = It could not be confirmed. Please call the town office.
    .speech = It could not be confirmed. Please call the town office, { $phone }.
toast-cards-unknown-phone = We do not know whether your card was stopped. Please call the town office ({ $phone }).
toast-cards-stopped = Your card is stopped. It opens none of the town's services any more.
toast-cards-not-stopped = Your card was not stopped. Please start again from “Cards and permissions”.
toast-cards-unknown = We do not know whether your card was stopped. Please call the town office.

## Signature password and further troubles of cards

phone-needs-login = To use a phone, choose Sign in on the home page.
pin-title-phone = Please press the four-digit PIN of your phone's certificate
password-title = Please enter your signature password
password-wrong = The password was wrong. Please enter it again.
password-length = { $least } to { $most } characters
password-count = { $count } entered
password-characters-spoken = Character { $count }
keyboard-key = { $key }
last-password-lead = If it is wrong, the signature password is blocked and only the town office can reset it.
trouble-no-signature = This card holds no signature certificate.
action-no-signature = Children's cards have none. Please ask at the town office.
trouble-password-blocked = The signature password of this card cannot be used now.
action-password-blocked = The town office can reset it. Please bring your card.
trouble-wrong-passwords = The password was wrong twice, so this ends here.
action-check-password = Please check your password, then insert the card again.
trouble-password-timed-out = Nothing was entered for a while, so the password was wiped.
password-tries-not-used = No try of your password was used.
password-tries-unknown = One try of your password may have been used.
password-tries-none-left = No try of your password is left.
password-tries-left = { $count ->
    [one] You have { $count } try of your password left.
   *[other] You have { $count } tries of your password left.
}
trouble-link-refused = This card could not be linked.
trouble-link-unknown = We do not know whether the card is linked.
action-newer-card = If you have a newer card, insert it. If not, please ask at the town office.

## The box itself

keys-simple = The remote is set to simple. To change it, call the town office.
keys-minimal = The remote is set to minimal. To change it, call the town office.
keys-simple-phone = The remote is set to simple. To change it, call the town office: { $phone }.
keys-minimal-phone = The remote is set to minimal. To change it, call the town office: { $phone }.
two-sentences =
    { $first }
    { $second }
diagnosis-title = May this box send how it is doing?
diagnosis-lead = The cable company's support asks you.
diagnosis-reason = Why
diagnosis-reason-text = { $text }
diagnosis-sent-label = What is sent
diagnosis-sent-text = The state and log of this box, also when a card was put in
diagnosis-kept-label = Not sent
diagnosis-kept-text = Names, bookings, health answers, what you watch
diagnosis-no = Do not send
diagnosis-yes = Send
diagnosis-hint = Choose with ▲▼◀▶ and press OK. Back means do not send.
    .speech = Choose with the arrows and press OK.
diagnosis-sending = Sending
diagnosis-wait = Please wait. You may go back to TV meanwhile.
diagnosis-thanks = Sent
diagnosis-thanks-lead = Thank you for your help.
diagnosis-later = It could not be sent now
diagnosis-later-lead = It will be sent when there is a connection again.
diagnosis-over = Nothing was sent
diagnosis-over-lead = The request was over. You do not need to do anything.
toast-diagnosis-no = Nothing was sent about this box.

## At the first start

first-language-title = Choose your language (ことば)
    .speech = Choose your language.
first-language-lead = For the words on the screen and the voice. You can change it later in the settings.
first-scale-title = Choose the size of the text
first-scale-lead = ▲▼ changes the text of this screen. Press OK when it is easy to read.
    .speech = The up and down keys change the text. Press OK when it is easy to read.
first-scale-hint = Choose with ▲▼, then press OK. Back returns to the page before.
    .speech = Choose with the arrows up and down, then press OK.
first-hint = Choose with ▲▼, then press OK.
    .speech = Choose with the arrows, then press OK.
first-code-title = Please press the 12-digit number in the letter
first-code-lead = It is in the cable company's letter. It is not your My Number.
first-code-lead-phone = It is in the cable company's letter. If you have no letter, please phone { $phone }.
first-refused-title = This number cannot be used
first-refused-lead = Look at the letter and press its 12 digits again.
first-refused-again-lead = If the letter has the same number, please phone the cable company.
first-refused-again-lead-phone = If the letter has the same number, please phone the cable company ({ $phone }).
first-code-hint = Press the digits, then OK. Back returns to the page before.
first-connecting-title = Connecting to the cable company
first-connecting-lead = Please wait. Television starts by itself once the box is connected.
first-crowded-title = The line is busy
first-unreachable-title = The cable company cannot be reached
first-unreachable-lead = Check that the cable at the back of the box is pushed in all the way. It goes on by itself once it is connected.
first-faulty-title = This box cannot be used yet
call-operator = Please phone the cable company.
call-operator-phone = Please phone the cable company ({ $phone }).
first-unreachable-phone = If it does not connect, please phone the cable company ({ $phone }).
first-retype = Enter the letter's number
first-retype-hint = OK leads back to the number.
first-done = Everything is ready. Enjoy your television.
status-refused = Not registered
refused-call = This box is not registered. Please phone the cable company.
refused-call-phone = This box is not registered. Please phone the cable company ({ $phone }).
start-over-tile = Back to the first settings
start-over-note = Enter a letter's number again
start-over-title = Go back to the first settings?
start-over-lead = Everything about this home on the box is erased. Until a new letter's number is entered, there is no television and no evacuation order.
start-over-no-letter = If you have no new letter, please phone the cable company.
start-over-no-letter-phone = If you have no new letter, please phone the cable company ({ $phone }).
start-over-no = No
start-over-yes = Erase and go back
start-over-begun-title = Going back to the first settings
start-over-begun-lead = Do not switch off; please wait. The screen goes dark once, then asks for the language.
start-over-failed-title = The box could not go back
