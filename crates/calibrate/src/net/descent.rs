//! The way down: L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4) with Armijo's rule.

use std::collections::VecDeque;

/// How many steps are remembered.
const MEMORY: usize = 10;
/// A step that gains less of the loss than this ends the descent.
const GAIN_LEAST: f64 = 1e-7;

/// Where a function (its value and slopes) is least, starting from `x`. The same each time.
pub fn least(mut x: Vec<f64>, steps_max: usize, at: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let (mut value, mut slopes) = at(&x);
    let mut memory: VecDeque<DescentStep> = VecDeque::new();
    for _ in 0..steps_max {
        let way = direction(&slopes, &memory);
        let descent = dot(&way, &slopes);
        let mut length = if memory.is_empty() { 1.0 / dot(&slopes, &slopes).sqrt().max(1.0) } else { 1.0 };
        let next = loop {
            let to: Vec<f64> = x.iter().zip(&way).map(|(x, way)| x + length * way).collect();
            let (there, slopes) = at(&to);
            if there <= value + 1e-4 * length * descent {
                break Some((to, there, slopes));
            }
            length *= 0.5;
            if length < 1e-10 {
                break None;
            }
        };
        let Some((to, there, next_slopes)) = next else { break };
        let step = DescentStep::new(&x, &to, &slopes, &next_slopes);
        let gain = value - there;
        (x, value, slopes) = (to, there, next_slopes);
        if step.curvature > 0.0 {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back(step);
        }
        if gain < GAIN_LEAST * value.abs() {
            break;
        }
    }
    x
}

/// A step and how the slopes changed along it.
struct DescentStep {
    moved: Vec<f64>,
    bent: Vec<f64>,
    curvature: f64,
}

impl DescentStep {
    fn new(from: &[f64], to: &[f64], slopes: &[f64], next_slopes: &[f64]) -> DescentStep {
        let less = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>();
        let (moved, bent) = (less(to, from), less(next_slopes, slopes));
        DescentStep { curvature: dot(&moved, &bent), moved, bent }
    }
}

/// Downhill, by the curvature that the last steps showed.
fn direction(slopes: &[f64], memory: &VecDeque<DescentStep>) -> Vec<f64> {
    let mut way: Vec<f64> = slopes.iter().map(|slope| -slope).collect();
    let mut parts = Vec::new();
    for step in memory.iter().rev() {
        let part = dot(&step.moved, &way) / step.curvature;
        add(&mut way, -part, &step.bent);
        parts.push(part);
    }
    if let Some(last) = memory.back() {
        let scale = last.curvature / dot(&last.bent, &last.bent);
        way.iter_mut().for_each(|way| *way *= scale);
    }
    for (step, part) in memory.iter().zip(parts.into_iter().rev()) {
        let back = dot(&step.bent, &way) / step.curvature;
        add(&mut way, part - back, &step.moved);
    }
    way
}

fn add(to: &mut [f64], times: f64, of: &[f64]) {
    to.iter_mut().zip(of).for_each(|(to, of)| *to += times * of);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
