//! Seeded random numbers, one independent stream per concern: a new draw in one concern moves no other.

/// What a stream of random numbers is for. The number is part of the seed: stable, never reused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Concern {
    Weather = 1,
    FuelOfRace = 2,
    FuelOfManufacturer = 3,
    FuelOfTeam = 4,
    FuelOfCar = 5,
    Car = 6,
    Driver = 7,
    PitWall = 8,
    PitCrew = 9,
    Control = 10,
    Sensor = 11,
    Latency = 12,
    Evidence = 13,
    Grid = 14,
    Stoppage = 20,
    Drop = 21,
    Outage = 22,
    Duplicate = 23,
    SecondSource = 24,
    Reorder = 25,
    CarClock = 26,
    LapRollback = 27,
    LapJump = 28,
    Tempo = 30,
    FuelOfEngine = 31,
}

/// xoshiro256++ seeded by SplitMix64. Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number
/// generators", ACM Trans. Math. Softw. 47 (2021), and their public-domain code at <https://prng.di.unimi.it/>.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of `concern` for the `index`-th car, team or manufacturer of the race with this seed.
    pub fn new(seed: u64, concern: Concern, index: usize) -> Self {
        let mut counter = seed ^ split_mix((concern as u64) << 32 | index as u64);
        let state = std::array::from_fn(|_| {
            counter = counter.wrapping_add(GOLDEN_GAMMA);
            split_mix(counter)
        });
        Random { state }
    }

    /// An independent stream that follows from this one.
    pub fn branch(&mut self) -> Self {
        let bits = self.bits();
        Random { state: std::array::from_fn(|index| split_mix(bits.wrapping_add(index as u64))) }
    }

    fn bits(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.state;
        let result = s0.wrapping_add(*s3).rotate_left(23).wrapping_add(*s0);
        let t = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= t;
        *s3 = s3.rotate_left(45);
        result
    }

    /// Uniform in [0, 1), 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Normal with mean 0. Source: Box and Muller, Ann. Math. Stat. 29 (1958) 610.
    pub fn normal(&mut self, sd: f64) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.uniform())).sqrt();
        sd * radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Beta(a, b) by Jöhnk's rejection. Source: L. Devroye, Non-Uniform Random Variate Generation (1986), p. 418.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        loop {
            let x = libm::pow(self.uniform(), 1.0 / a);
            let y = libm::pow(self.uniform(), 1.0 / b);
            if x + y <= 1.0 && x + y > 0.0 {
                return x / (x + y);
            }
        }
    }
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The output function of SplitMix64.
fn split_mix(counter: u64) -> u64 {
    let z = (counter ^ (counter >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro_gives_the_reference_sequence() {
        // from the reference implementation xoshiro256plusplus.c with state {1, 2, 3, 4}
        let mut random = Random { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..4).map(|_| random.bits()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn streams_of_other_concerns_and_indices_differ() {
        let first = |concern, index| Random::new(7, concern, index).bits();
        assert_eq!(first(Concern::Car, 0), first(Concern::Car, 0));
        assert_ne!(first(Concern::Car, 0), first(Concern::Car, 1));
        assert_ne!(first(Concern::Car, 0), first(Concern::Driver, 0));
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        // Beta(0.8, 2.2) has mean 0.8/3 and variance 0.8*2.2/(9*4); 20 000 draws give three digits
        let mut random = Random::new(1, Concern::Driver, 0);
        let moments = |draws: Vec<f64>| {
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            (mean, draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64)
        };
        let (mean, variance) = moments((0..20_000).map(|_| random.beta(0.8, 2.2)).collect());
        assert!(
            (mean - 0.8 / 3.0).abs() < 0.006 && (variance - 1.76 / 36.0).abs() < 0.003,
            "{mean} {variance}"
        );
        let (mean, variance) = moments((0..20_000).map(|_| random.normal(2.0)).collect());
        assert!(mean.abs() < 0.05 && (variance - 4.0).abs() < 0.15, "{mean} {variance}");
    }
}
