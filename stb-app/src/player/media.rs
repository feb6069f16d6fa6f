//! The media thread: owns receivers and pipelines, and is the only one that waits for them.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use gateway_api::provisioning::Channel;
use stb_core::event::PlayerState;

use super::{
    PlayerConfig, PlayerError, clock,
    marks::Marks,
    pipeline::{self, Pipeline, PipelineEvent, Scrap},
    reception::Reception,
    screen::{Moment, Screen, Witness},
    sound::{Loudness, SoundOutput},
    ts::{StreamInfo, VideoCodec},
    vitals::Vitals,
    watch::{Observation, Step, Support, Watch},
};

/// How often the tuned channel is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a lost sound device is not looked for again.
const SOUND_PAUSE: Duration = Duration::from_secs(30);

/// What the thread is told.
pub(super) enum Message {
    /// Show this channel, asked for at this time.
    Tune(Channel, Duration),
    /// Keep these warm.
    Prefetch(Vec<Channel>),
    /// How loud.
    Loudness(Loudness),
    /// Play the next sound.
    NextSound(SoundTold),
    /// A channel's tables changed.
    CompositionChanged(String),
    /// A pipeline told something.
    Pipeline(u64, PipelineEvent),
    /// The screen told something about a pipeline.
    Seen(u64, Moment),
    /// End.
    Stop,
}

/// Told once which sound of which channel plays: its number from 1, and how many there are.
pub(super) type SoundTold = Box<dyn FnOnce(&str, u16, u16) + Send>;

/// Told about the tuned channel, on the media thread.
pub(super) type Events = Box<dyn Fn(&str, PlayerState) + Send>;

struct Tuned {
    channel: Channel,
    requested: Duration,
    watch: Watch,
}

struct Running {
    serial: u64,
    channel_id: String,
    info: StreamInfo,
    pipeline: Pipeline,
    /// Its first picture is on the screen.
    shown: bool,
    /// The stream goes into it, and not into a newer pipeline of the channel.
    fed: bool,
}

/// State of the thread.
pub(super) struct Media {
    config: PlayerConfig,
    screen: Box<dyn Screen>,
    events: Events,
    inbox: mpsc::Receiver<Message>,
    sender: mpsc::Sender<Message>,
    scraps: mpsc::Sender<Scrap>,
    marks: Marks,
    vitals: Arc<Vitals>,
    reception: Reception,
    prefetch: Vec<Channel>,
    tuned: Option<Tuned>,
    /// On the screen.
    visible: Option<Running>,
    /// To be on the screen at its first picture.
    coming: Option<Running>,
    serial: u64,
    loudness: Loudness,
    sound: SoundOutput,
    look_for_sound: Option<Duration>,
    decodable: HashMap<VideoCodec, bool>,
}

impl Media {
    pub(super) fn new(
        config: PlayerConfig,
        screen: Box<dyn Screen>,
        events: Events,
        (marks, vitals): (Marks, Arc<Vitals>),
        (sender, inbox): (mpsc::Sender<Message>, mpsc::Receiver<Message>),
    ) -> Self {
        let reception = Reception::new(&config, sender.clone());
        let (scraps, scrapped) = mpsc::channel::<Scrap>();
        let yard = thread::Builder::new().name("player stop".into());
        if let Err(error) = yard.spawn(move || scrapped.into_iter().for_each(Scrap::stop)) {
            tracing::warn!(%error, "pipelines will be stopped without a thread of their own");
        }
        Self {
            config,
            screen,
            events,
            inbox,
            sender,
            scraps,
            marks,
            vitals,
            reception,
            prefetch: Vec::new(),
            tuned: None,
            visible: None,
            coming: None,
            serial: 0,
            loudness: Loudness { percent: 50, muted: false, ducked: false },
            sound: SoundOutput::Silent,
            look_for_sound: None,
            decodable: HashMap::new(),
        }
    }
}

impl Media {
    /// Works until told to stop.
    pub(super) fn run(mut self) {
        if let Err(error) = super::prepare() {
            tracing::error!(%error, "live television is not available");
        }
        // The first channel arrives while the rest gets ready.
        let waiting = self.inbox.try_iter().collect();
        let mut goes_on = self.handle_all(waiting);
        self.warm_up();
        while goes_on {
            match self.inbox.recv_timeout(LOOK) {
                Ok(first) => {
                    let mut batch = vec![first];
                    batch.extend(self.inbox.try_iter());
                    goes_on = self.handle_all(batch);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            self.look();
        }
        for running in [self.coming.take(), self.visible.take()].into_iter().flatten() {
            running.pipeline.into_scrap().stop();
        }
    }

    /// False when told to stop.
    fn handle_all(&mut self, batch: Vec<Message>) -> bool {
        let is_tune = |message: &Message| matches!(message, Message::Tune(..));
        // Only the last channel asked for counts.
        let last_tune = batch.iter().rposition(is_tune);
        for (index, message) in batch.into_iter().enumerate() {
            if matches!(message, Message::Stop) {
                return false;
            }
            if !is_tune(&message) || Some(index) == last_tune {
                self.handle(message);
            }
        }
        true
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Tune(channel, requested) => self.tune(channel, requested),
            Message::Prefetch(channels) => {
                self.prefetch = channels;
                self.join();
            }
            Message::Loudness(loudness) => {
                self.loudness = loudness;
                self.apply_loudness();
            }
            Message::NextSound(told) => {
                let (number, count) =
                    self.running().map_or((0, 0), |running| running.pipeline.next_sound());
                if let Some(tuned) = &self.tuned {
                    told(&tuned.channel.channel_id, number, count);
                }
            }
            Message::CompositionChanged(id) => self.recompose(&id),
            Message::Pipeline(serial, event) => self.hear(serial, event),
            Message::Seen(serial, moment) => self.see(serial, moment),
            Message::Stop => {}
        }
    }

    fn tune(&mut self, channel: Channel, requested: Duration) {
        if let Some(tuned) = self.tuned.as_ref().filter(|tuned| tuned.channel == channel) {
            // Asked for again, perhaps by way of another channel that was skipped: whoever asks
            // waits for a word.
            (self.events)(&channel.channel_id, tuned.watch.state());
            return;
        }
        self.discard_coming();
        self.marks.begin(&channel.channel_id, requested);
        (self.events)(&channel.channel_id, PlayerState::Tuning);
        self.tuned = Some(Tuned { channel, requested, watch: Watch::new(clock::now()) });
        self.join();
        if !self.go_back_to_visible() {
            self.build();
        }
        self.apply_loudness();
    }

    /// The channel asked for may still be on the screen: a change was taken back.
    fn go_back_to_visible(&self) -> bool {
        let (Some(tuned), Some(visible)) = (&self.tuned, &self.visible) else { return false };
        let same = visible.fed && visible.channel_id == tuned.channel.channel_id;
        visible.pipeline.stand_still(!same);
        if same {
            // The other channel's first picture may be on its way to the screen.
            self.screen.expect(visible.pipeline.video_sink(), self.witness(visible.serial));
        }
        same
    }

    /// Receives the tuned channel and those that may come next.
    fn join(&mut self) {
        let tuned = self.tuned.as_ref().map(|tuned| tuned.channel.clone());
        let wanted = tuned.into_iter().chain(self.prefetch.clone()).collect();
        let moved = self.reception.want(clock::now(), wanted);
        if self.visible.as_ref().is_some_and(|visible| moved.contains(&visible.channel_id)) {
            self.discard_visible();
        }
    }

    /// Builds the tuned channel's pipeline, as soon as it is known what it consists of.
    fn build(&mut self) {
        self.discard_coming();
        let Some(tuned) = &self.tuned else { return };
        let info = self.reception.feed(&tuned.channel.channel_id).and_then(|feed| feed.info());
        let Some(info) = info else { return };
        if self.support() != Support::Yes {
            return;
        }
        self.serial += 1;
        match self.start_pipeline(info) {
            Ok(pipeline) => self.attach(info, pipeline),
            Err(error) => {
                tracing::warn!(%error, "no pipeline for the channel");
                if let Some(tuned) = &mut self.tuned {
                    tuned.watch.pipeline_broke();
                }
            }
        }
    }

    fn start_pipeline(&self, info: StreamInfo) -> Result<Pipeline, PlayerError> {
        let (sender, serial) = (self.sender.clone(), self.serial);
        let (marks, requested) = (self.marks.clone(), self.tuned.as_ref().map(|t| t.requested));
        let listener = Arc::new(move |event| {
            if let Some(requested) = requested.filter(|_| event == PipelineEvent::Decoded) {
                marks.decoded(requested);
            }
            let _ = sender.send(Message::Pipeline(serial, event));
        });
        let (sound, margin) = (self.sound.clone(), self.config.margin);
        Pipeline::start(info, &*self.screen, sound, self.loudness, margin, listener)
    }

    fn attach(&mut self, info: StreamInfo, pipeline: Pipeline) {
        let Some(tuned) = &self.tuned else { return };
        self.screen.expect(pipeline.video_sink(), self.witness(self.serial));
        let feed = self.reception.feed(&tuned.channel.channel_id);
        if feed.is_some_and(|mut feed| feed.attach(pipeline.outlet(), clock::now())) {
            self.marks.cached(tuned.requested);
        }
        let channel_id = tuned.channel.channel_id.clone();
        if let Some(visible) = self.visible.as_mut().filter(|v| v.channel_id == channel_id) {
            visible.fed = false;
        }
        let serial = self.serial;
        let coming = Running { serial, channel_id, info, pipeline, shown: false, fed: true };
        self.coming = Some(coming);
    }

    fn witness(&self, serial: u64) -> Witness {
        let (sender, marks) = (self.sender.clone(), self.marks.clone());
        let requested = self.tuned.as_ref().map(|tuned| tuned.requested);
        Box::new(move |moment| {
            if let Some(requested) = requested {
                marks.seen(requested, moment);
            }
            let _ = sender.send(Message::Seen(serial, moment));
        })
    }

    fn recompose(&mut self, id: &str) {
        if self.tuned.as_ref().is_none_or(|tuned| tuned.channel.channel_id != id) {
            return;
        }
        let info = self.reception.feed(id).and_then(|feed| feed.info());
        let running = self.running().map(|running| running.info);
        if info.is_some() && info != running {
            self.build();
        }
    }

    fn hear(&mut self, serial: u64, event: PipelineEvent) {
        let running = self.running().is_some_and(|running| running.serial == serial);
        let Some(tuned) = self.tuned.as_mut().filter(|_| running) else { return };
        if let PipelineEvent::Broke { sound } = event {
            tuned.watch.pipeline_broke();
            if sound {
                self.sound = SoundOutput::Silent;
                self.look_for_sound = Some(clock::now() + SOUND_PAUSE);
            }
        }
    }

    fn see(&mut self, serial: u64, moment: Moment) {
        if moment != Moment::Shown || self.coming.as_ref().is_none_or(|c| c.serial != serial) {
            return;
        }
        let Some(mut coming) = self.coming.take() else { return };
        coming.shown = true;
        let before = self.visible.replace(coming);
        if let Some(before) = before {
            self.scrap(before);
        }
    }

    /// The tuned channel's pipeline.
    fn running(&self) -> Option<&Running> {
        let id = &self.tuned.as_ref()?.channel.channel_id;
        let visible = self.visible.as_ref().filter(|visible| visible.channel_id == *id);
        self.coming.as_ref().or(visible)
    }

    fn support(&mut self) -> Support {
        let id = self.tuned.as_ref().map(|tuned| tuned.channel.channel_id.as_str());
        let feed = id.and_then(|id| self.reception.feed(id));
        let Some(info) = feed.as_ref().and_then(|feed| feed.info()) else {
            return Support::Unknown;
        };
        let scrambled = feed.is_some_and(|feed| feed.is_scrambled());
        let decodable = info.video.filter(|_| !scrambled).is_some_and(|(_, codec)| {
            *self.decodable.entry(codec).or_insert_with(|| pipeline::can_decode(codec))
        });
        if decodable { Support::Yes } else { Support::No }
    }

    fn look(&mut self) {
        let now = clock::now();
        self.reception.leave_late(now);
        self.screen.make_ready();
        self.look_for_sound(now);
        let size = self.screen.size();
        for running in [&self.visible, &self.coming].into_iter().flatten() {
            running.pipeline.set_size(size);
        }
        if let Some(visible) = &self.visible {
            self.marks.count(visible.pipeline.counts());
        }
        let support = self.support();
        let seen = self.observation(support);
        let Some(tuned) = &mut self.tuned else { return self.vitals.look(now, Duration::ZERO) };
        let steps = tuned.watch.observe(now, &seen);
        self.vitals.look(now, tuned.watch.stalled(now));
        for step in steps {
            self.take_step(step);
        }
    }

    fn observation(&self, support: Support) -> Observation {
        let id = self.tuned.as_ref().map(|tuned| tuned.channel.channel_id.as_str());
        let running = self.running();
        // What a sink has taken is no picture yet: somebody must have been able to see it.
        let shown = running.filter(|running| running.shown);
        let rendered = shown.map_or(0, |running| 1 + running.pipeline.counts().shown);
        Observation {
            last_packet: id.and_then(|id| self.reception.last_packet(id)),
            rendered,
            sound_settled: running.is_some_and(|running| running.pipeline.sound_settled()),
            support,
        }
    }

    fn take_step(&mut self, step: Step) {
        let Some(tuned) = &self.tuned else { return };
        let id = tuned.channel.channel_id.clone();
        match step {
            Step::Tell(state) => {
                (self.events)(&id, state);
                let in_trouble = matches!(
                    state,
                    PlayerState::NoSignal | PlayerState::Recovering | PlayerState::Unsupported
                );
                // Another channel's picture would be taken for this one's.
                if in_trouble && self.visible.as_ref().is_some_and(|v| v.channel_id != id) {
                    self.discard_visible();
                }
            }
            Step::Rejoin => self.reception.rejoin(&id),
            Step::Rebuild => self.build(),
        }
    }

    fn discard_visible(&mut self) {
        if let Some(visible) = self.visible.take() {
            self.screen.clear(visible.pipeline.video_sink());
            self.scrap(visible);
        }
    }

    fn discard_coming(&mut self) {
        if let Some(coming) = self.coming.take() {
            self.scrap(coming);
        }
    }

    fn scrap(&self, running: Running) {
        let runs_too = |other: &Option<Running>| {
            other.as_ref().is_some_and(|other| other.channel_id == running.channel_id)
        };
        // The stream then already goes into the newer pipeline.
        let newer = runs_too(&self.coming) || (running.shown && runs_too(&self.visible));
        if let Some(mut feed) = self.reception.feed(&running.channel_id).filter(|_| !newer) {
            feed.detach();
        }
        if let Err(unsent) = self.scraps.send(running.pipeline.into_scrap()) {
            unsent.0.stop();
        }
    }

    /// Only the tuned channel is heard: the old picture stays, its sound does not.
    fn apply_loudness(&self) {
        let id = self.tuned.as_ref().map(|tuned| &tuned.channel.channel_id);
        for running in [&self.visible, &self.coming].into_iter().flatten() {
            let muted = self.loudness.muted || Some(&running.channel_id) != id;
            running.pipeline.set_loudness(Loudness { muted, ..self.loudness });
        }
    }

    fn look_for_sound(&mut self, now: Duration) {
        if self.look_for_sound.is_some_and(|at| now >= at) {
            self.sound = SoundOutput::detect();
            let lost = self.sound == SoundOutput::Silent;
            self.look_for_sound = lost.then_some(now + SOUND_PAUSE);
        }
    }

    /// What the first channel change would otherwise wait for: libraries and the sound device.
    fn warm_up(&mut self) {
        for codec in [VideoCodec::H264, VideoCodec::Mpeg2] {
            self.decodable.insert(codec, pipeline::warm_up(codec));
        }
        if self.config.sound {
            self.sound = SoundOutput::detect();
        }
    }
}
