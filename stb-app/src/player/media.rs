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
    joins::{Joins, Moves},
    marks::Marks,
    pipeline::{self, Pipeline, PipelineEvent, Scrap},
    receiver::{Receiver, Source},
    screen::{Moment, Screen, Witness},
    sound::{Loudness, SoundOutput},
    ts::{StreamInfo, VideoCodec},
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
    /// A channel's tables changed.
    CompositionChanged(String),
    /// A pipeline told something.
    Pipeline(u64, PipelineEvent),
    /// The screen told something about a pipeline.
    Seen(u64, Moment),
    /// End.
    Stop,
}

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
    joins: Joins,
    receivers: HashMap<String, (Channel, Receiver)>,
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
        marks: Marks,
        (sender, inbox): (mpsc::Sender<Message>, mpsc::Receiver<Message>),
    ) -> Self {
        let joins = Joins::new(config.joined_channels, config.linger);
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
            joins,
            receivers: HashMap::new(),
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
        self.warm_up();
        loop {
            match self.inbox.recv_timeout(LOOK) {
                Ok(first) => {
                    let mut batch = vec![first];
                    batch.extend(self.inbox.try_iter());
                    if !self.handle_all(batch) {
                        break;
                    }
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
            Message::CompositionChanged(id) => self.recompose(&id),
            Message::Pipeline(serial, event) => self.hear(serial, event),
            Message::Seen(serial, moment) => self.see(serial, moment),
            Message::Stop => {}
        }
    }

    fn tune(&mut self, channel: Channel, requested: Duration) {
        if self.tuned.as_ref().is_some_and(|tuned| tuned.channel == channel) {
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
        let same = visible.channel_id == tuned.channel.channel_id;
        if same {
            self.marks.seen(tuned.requested, Moment::Shown);
            self.marks.seen(tuned.requested, Moment::Painted);
        }
        same
    }

    /// Joins what is wanted now and leaves what is not wanted any more.
    fn join(&mut self) {
        let tuned = self.tuned.as_ref().map(|tuned| tuned.channel.clone());
        let wanted: Vec<Channel> = tuned.into_iter().chain(self.prefetch.clone()).collect();
        self.forget_moved_channels(&wanted);
        let ids = wanted.iter().map(|channel| channel.channel_id.as_str());
        let Moves { join, leave } = self.joins.want(clock::now(), ids);
        for id in leave {
            self.receivers.remove(&id);
        }
        for channel in wanted {
            if join.contains(&channel.channel_id)
                || !self.receivers.contains_key(&channel.channel_id)
            {
                self.join_channel(channel);
            }
        }
    }

    /// A channel whose address changed has nothing to do with what is joined under its id.
    fn forget_moved_channels(&mut self, wanted: &[Channel]) {
        for channel in wanted {
            let known = self.receivers.get(&channel.channel_id);
            if known.is_some_and(|(known, _)| known.source != channel.source) {
                self.receivers.remove(&channel.channel_id);
                if self.visible.as_ref().is_some_and(|v| v.channel_id == channel.channel_id) {
                    self.discard_visible();
                }
            }
        }
    }

    fn join_channel(&mut self, channel: Channel) {
        let (sender, id) = (self.sender.clone(), channel.channel_id.clone());
        let joined = channel.source.parse::<Source>().and_then(|source| {
            let changed = move || {
                let _ = sender.send(Message::CompositionChanged(id.clone()));
            };
            Ok(Receiver::join(source, self.config.interface, self.config.ring_bytes, changed)?)
        });
        match joined {
            Ok(receiver) => {
                self.receivers.insert(channel.channel_id.clone(), (channel, receiver));
            }
            Err(error) => tracing::warn!(channel = %channel.channel_id, %error, "cannot receive"),
        }
    }

    /// Builds the tuned channel's pipeline, as soon as it is known what it consists of.
    fn build(&mut self) {
        self.discard_coming();
        let Some(tuned) = &self.tuned else { return };
        let Some((_, receiver)) = self.receivers.get(&tuned.channel.channel_id) else { return };
        let Some(info) = receiver.feed().info() else { return };
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
        let listener = Arc::new(move |event| {
            let _ = sender.send(Message::Pipeline(serial, event));
        });
        let (sound, margin) = (self.sound.clone(), self.config.margin);
        Pipeline::start(info, &*self.screen, sound, self.loudness, margin, listener)
    }

    fn attach(&mut self, info: StreamInfo, pipeline: Pipeline) {
        let Some(tuned) = &self.tuned else { return };
        let Some((_, receiver)) = self.receivers.get(&tuned.channel.channel_id) else { return };
        self.screen.expect(pipeline.video_sink(), self.witness());
        if receiver.feed().attach(pipeline.outlet(), clock::now()) {
            self.marks.cached(tuned.requested);
        }
        let channel_id = tuned.channel.channel_id.clone();
        self.coming =
            Some(Running { serial: self.serial, channel_id, info, pipeline, shown: false });
    }

    fn witness(&self) -> Witness {
        let (sender, serial) = (self.sender.clone(), self.serial);
        let marks = self.marks.clone();
        let requested = self.tuned.as_ref().map(|tuned| tuned.requested);
        Box::new(move |moment| {
            if let Some(requested) = requested {
                marks.seen(requested, moment);
            }
            let _ = sender.send(Message::Seen(serial, moment));
        })
    }

    fn recompose(&mut self, id: &str) {
        if !self.tuned.as_ref().is_some_and(|tuned| tuned.channel.channel_id == id) {
            return;
        }
        let info = self.receivers.get(id).and_then(|(_, receiver)| receiver.feed().info());
        let running = self.running().map(|running| running.info);
        if info.is_some() && info != running {
            self.build();
        }
    }

    fn hear(&mut self, serial: u64, event: PipelineEvent) {
        let running = self.running().is_some_and(|running| running.serial == serial);
        let Some(tuned) = self.tuned.as_mut().filter(|_| running) else { return };
        match event {
            PipelineEvent::Decoded => self.marks.decoded(tuned.requested),
            PipelineEvent::Broke { sound } => {
                tuned.watch.pipeline_broke();
                if sound {
                    self.sound = SoundOutput::Silent;
                    self.look_for_sound = Some(clock::now() + SOUND_PAUSE);
                }
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
        let Some(tuned) = &self.tuned else { return Support::Unknown };
        let Some((_, receiver)) = self.receivers.get(&tuned.channel.channel_id) else {
            return Support::Unknown;
        };
        let (info, scrambled) = {
            let feed = receiver.feed();
            (feed.info(), feed.is_scrambled())
        };
        match info {
            None => Support::Unknown,
            Some(StreamInfo { video: Some((_, codec)), .. }) if !scrambled => {
                let known = self.decodable.entry(codec);
                if *known.or_insert_with(|| pipeline::can_decode(codec)) {
                    Support::Yes
                } else {
                    Support::No
                }
            }
            Some(_) => Support::No,
        }
    }

    fn look(&mut self) {
        let now = clock::now();
        for id in self.joins.leave_late(now) {
            self.receivers.remove(&id);
        }
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
        let Some(tuned) = &mut self.tuned else { return };
        for step in tuned.watch.observe(now, &seen) {
            self.take_step(step);
        }
    }

    fn observation(&self, support: Support) -> Observation {
        let id = self.tuned.as_ref().map(|tuned| &tuned.channel.channel_id);
        let receiver = id.and_then(|id| self.receivers.get(id));
        let running = self.running();
        let shown = running.map_or(0, |r| u64::from(r.shown) + r.pipeline.counts().shown);
        Observation {
            last_packet: receiver.and_then(|(_, receiver)| receiver.last_packet()),
            rendered: shown,
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
            Step::Rejoin => {
                if let Some((_, receiver)) = self.receivers.get(&id) {
                    receiver.rejoin();
                }
            }
            Step::Rebuild => self.build(),
        }
    }

    fn discard_visible(&mut self) {
        self.screen.clear();
        if let Some(visible) = self.visible.take() {
            self.scrap(visible);
        }
    }

    fn discard_coming(&mut self) {
        if let Some(coming) = self.coming.take() {
            if let Some((_, receiver)) = self.receivers.get(&coming.channel_id) {
                receiver.feed().detach();
            }
            self.scrap(coming);
        }
    }

    fn scrap(&self, running: Running) {
        let attached = |other: &Option<Running>| {
            other.as_ref().is_some_and(|other| other.channel_id == running.channel_id)
        };
        if !attached(&self.visible) && !attached(&self.coming) {
            if let Some((_, receiver)) = self.receivers.get(&running.channel_id) {
                receiver.feed().detach();
            }
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
