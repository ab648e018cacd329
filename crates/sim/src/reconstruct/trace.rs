//! A stretch of driving with its times.

use crate::motion::Motion;

/// Nothing on wheels is faster; a lap time that asks for more is shown as this.
const SPEED_MAX_MPS: f64 = 120.0;
const RPM_MAX: f64 = 11_000.0;

/// Where a car is and what it does, at moments that rise. Times are race time in microseconds, whole or not.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    nodes: Vec<(f64, Motion)>,
    /// Where [`Trace::at`] looked last.
    place: usize,
}

impl Trace {
    pub fn starting(us: f64, motion: Motion) -> Self {
        Trace { nodes: vec![(us, motion)], place: 0 }
    }

    pub fn push(&mut self, us: f64, motion: Motion) {
        self.nodes.push((us, motion));
    }

    pub fn end(&self) -> Option<(f64, Motion)> {
        self.nodes.last().copied()
    }

    pub fn start(&self) -> Option<(f64, Motion)> {
        self.nodes.first().copied()
    }

    /// The motion at `us`, no earlier than the last time asked for; `None` after the end.
    pub fn at(&mut self, us: f64) -> Option<Motion> {
        while self.nodes.get(self.place + 1).is_some_and(|&(to, _)| to < us) {
            self.place += 1;
        }
        self.between(self.place, us)
    }

    /// Where it was at `us`, metres.
    pub fn distance_at(&self, us: f64) -> Option<f64> {
        let place = self.nodes.partition_point(|&(at, _)| at < us).saturating_sub(1);
        self.between(place, us).map(|motion| motion.distance_m)
    }

    fn between(&self, place: usize, us: f64) -> Option<Motion> {
        let (from, before) = *self.nodes.get(place)?;
        let (to, after) = *self.nodes.get(place + 1)?;
        let share = if to > from { ((us - from) / (to - from)).clamp(0.0, 1.0) } else { 1.0 };
        Some(Motion::between(&before, &after, share))
    }

    /// Moves it along the track.
    pub fn shift(&mut self, by_m: f64) {
        self.nodes.iter_mut().for_each(|(_, motion)| motion.distance_m += by_m);
    }

    /// Lets it end at `to_us`: all its times stretch alike, and its speeds with them.
    pub fn stretch(&mut self, to_us: f64) {
        let (Some((from, _)), Some((to, _))) = (self.start(), self.end()) else { return };
        if to <= from {
            return;
        }
        let ratio = (to_us - from) / (to - from);
        for (us, motion) in &mut self.nodes {
            *us = from + (*us - from) * ratio;
            motion.speed_mps = (motion.speed_mps / ratio).min(SPEED_MAX_MPS);
            if motion.gear > 0 {
                motion.rpm = (motion.rpm / ratio).min(RPM_MAX);
            }
        }
        // the last moment is named, not computed
        if let Some(last) = self.nodes.last_mut() {
            last.0 = to_us;
        }
    }
}
