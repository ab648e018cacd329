//! The right of an operator to send, and when it is due to act.

use crate::grid::WindowNumber;
use timely::dataflow::operators::Capability;
use timely::progress::frontier::MutableAntichain;

/// The frontier of an input that has ended. Every window is closed by then: see `pump.rs`.
const ENDED: WindowNumber = WindowNumber::MAX;

/// Holds the capability to send at a window no longer than it is needed: whoever holds it holds the windows behind.
pub struct CapabilityHolder {
    capability: Option<Capability<WindowNumber>>,
    done: WindowNumber,
}

impl CapabilityHolder {
    /// With the capability that timely gives an operator.
    pub fn new(capability: Capability<WindowNumber>) -> Self {
        CapabilityHolder { capability: Some(capability), done: 0 }
    }

    /// The frontier of all inputs, if it has moved since [`CapabilityHolder::release_to`]: then windows may be closed.
    /// When the inputs have ended the capability is let go, and there is none.
    pub fn moved(&mut self, inputs: [&MutableAntichain<WindowNumber>; 2]) -> Option<WindowNumber> {
        let first = |input: &MutableAntichain<WindowNumber>| input.frontier().first().copied();
        let frontier = inputs.into_iter().map(|input| first(input).unwrap_or(ENDED)).min()?;
        if frontier == ENDED {
            self.release();
            return None;
        }
        (frontier > self.done).then_some(frontier)
    }

    /// The right to send at `window`.
    pub fn at(&self, window: WindowNumber) -> Option<Capability<WindowNumber>> {
        self.capability.as_ref().map(|capability| capability.delayed(&window))
    }

    /// Nothing will be sent before `frontier` any more.
    pub fn release_to(&mut self, frontier: WindowNumber) {
        self.done = frontier;
        if let Some(capability) = &mut self.capability {
            capability.downgrade(&frontier);
        }
    }

    /// Whether nothing will be sent any more.
    pub fn is_released(&self) -> bool {
        self.capability.is_none()
    }

    /// Nothing will be sent any more.
    pub fn release(&mut self) {
        self.capability = None;
    }
}
