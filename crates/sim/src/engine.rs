//! The true engine: what the estimator may not know. A throttle and a tapered spacer in series feed a pump whose
//! filling is tuned; mixture, friction and pumping decide what the fuel gives. Solved once per manufacturer and race
//! into a table of throttle and rpm. Equations: docs/simulator.md §2.

use events::Air;

/// 358 cubic inches, the displacement limit of the NASCAR Cup.
const DISPLACEMENT_M3: f64 = 358.0 * 1.6387064e-5;
const GAS_CONSTANT_J_KG_K: f64 = 287.05;
/// Flow function of an orifice at and below the critical pressure ratio, for 1.4: sqrt(1.4) (2/2.4)^3.
const CHOKED: f64 = 0.684731;
const CRITICAL_RATIO: f64 = 0.528282;
/// Effective area of the open throttle.
const THROTTLE_AREA_M2: f64 = 6.5e-3;
/// Stoichiometric air to fuel and lower heating value of E15. Source: docs/simulator.md §1.
const STOICHIOMETRIC: f64 = 13.8;
const HEATING_VALUE_J_KG: f64 = 40.8e6;
/// Indicated efficiency at the stoichiometric mixture and full load.
const INDICATED_EFFICIENCY: f64 = 0.434;

/// What the rules allow on a kind of track: a rated power, made by the bore of the tapered spacer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Package {
    pub hp: f64,
    /// Effective area of the spacer; sets the flow at full throttle.
    pub spacer_m2: f64,
}

impl Package {
    /// Superspeedways, intermediate ovals, and short ovals with road courses. Source of the powers:
    /// docs/simulator.md §1; the areas are those at which the engine gives them.
    pub const HP_510: Package = Package { hp: 510.0, spacer_m2: 1.80e-3 };
    pub const HP_670: Package = Package { hp: 670.0, spacer_m2: 2.60e-3 };
    pub const HP_750: Package = Package { hp: 750.0, spacer_m2: 3.60e-3 };
}

/// What one manufacturer does differently. The values are invented, the spread is not (docs/simulator.md §2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct EngineDesign {
    /// Its name in the roster.
    pub manufacturer: &'static str,
    /// Upper and lower hump and the trough of the filling: height, centre rpm, width rpm.
    humps: [(f64, f64, f64); 3],
    /// Added to the mixture (lambda) everywhere.
    lambda_offset: f64,
    /// Area left open at closed throttle, share of the open area.
    leak: f64,
    /// Share of the fuel that still flows half a second after the throttle closed at speed.
    pub overrun: f64,
    /// Idle speed.
    pub idle_rpm: f64,
}

pub(crate) const DESIGNS: [EngineDesign; 3] = [
    EngineDesign {
        manufacturer: "Chevrolet",
        humps: [(0.100, 8300.0, 1300.0), (0.050, 5600.0, 900.0), (-0.060, 6900.0, 700.0)],
        lambda_offset: 0.0,
        leak: 0.0092,
        overrun: 0.0,
        idle_rpm: 1150.0,
    },
    EngineDesign {
        manufacturer: "Ford",
        humps: [(0.115, 8600.0, 1200.0), (0.040, 5300.0, 800.0), (-0.045, 7000.0, 800.0)],
        lambda_offset: -0.006,
        leak: 0.0108,
        overrun: 1.0,
        idle_rpm: 1300.0,
    },
    EngineDesign {
        manufacturer: "Toyota",
        humps: [(0.090, 8000.0, 1500.0), (0.065, 5900.0, 1000.0), (-0.070, 6700.0, 600.0)],
        lambda_offset: 0.005,
        leak: 0.0084,
        overrun: 0.45,
        idle_rpm: 1000.0,
    },
];

/// Flow and power at one operating point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Output {
    /// Fuel, g/s, overrun cut not applied.
    pub fuel_g_s: f64,
    /// Brake power; negative where the engine brakes.
    pub power_w: f64,
}

impl Output {
    fn towards(self, other: Self, share: f64) -> Self {
        Output {
            fuel_g_s: self.fuel_g_s + share * (other.fuel_g_s - self.fuel_g_s),
            power_w: self.power_w + share * (other.power_w - self.power_w),
        }
    }
}

impl EngineDesign {
    /// Filling of the cylinders against the manifold's density.
    fn volumetric_efficiency(&self, rpm: f64) -> f64 {
        let tuning: f64 = self
            .humps
            .iter()
            .map(|(height, centre, width)| {
                let x = (rpm - centre) / width;
                height * libm::exp(-x * x)
            })
            .sum();
        1.22 * (1.0 + tuning) * (1.0 - 0.28 * libm::exp(-rpm / 1500.0))
    }

    /// Mixture: rich at high load for cooling, lean at part load, rich again at idle for stability.
    fn lambda(&self, load: f64, rpm: f64) -> f64 {
        let high_load = 1.0 / (1.0 + libm::exp(-(load - 0.72) / 0.05));
        let idle = libm::exp(-(rpm / 1800.0) * (rpm / 1800.0)) * (1.0 - high_load);
        0.975 - 0.090 * high_load - 0.075 * idle + self.lambda_offset
    }

    /// Solves the air path for the pressure between spacer and throttle by bisection: the pump's demand fixes the
    /// manifold pressure, and both orifices must pass the same flow.
    fn solve(&self, package: Package, air: Air, throttle: f64, rpm: f64) -> Output {
        if rpm < 1.0 {
            return Output::default();
        }
        let ambient_pa = air.pressure_pa;
        let swept_m3_s = DISPLACEMENT_M3 * rpm / 120.0;
        let gas_j_kg = GAS_CONSTANT_J_KG_K * air.temperature_k;
        let pump_kg_s_pa = self.volumetric_efficiency(rpm) * swept_m3_s / gas_j_kg;
        let open = 1.0 - libm::cos(throttle.clamp(0.0, 1.0) * std::f64::consts::FRAC_PI_2);
        let throttle_m2 = THROTTLE_AREA_M2 * (self.leak + (1.0 - self.leak) * open);
        let velocity = gas_j_kg.sqrt();
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..30 {
            let ratio = 0.5 * (low + high);
            let flow = package.spacer_m2 * ambient_pa / velocity * flow_function(ratio);
            let manifold_ratio = flow / pump_kg_s_pa / (ratio * ambient_pa);
            let through = throttle_m2 * ratio * ambient_pa / velocity * flow_function(manifold_ratio);
            if through < flow { low = ratio } else { high = ratio }
        }
        let flow = package.spacer_m2 * ambient_pa / velocity * flow_function(0.5 * (low + high));
        self.burn(air, flow, flow / pump_kg_s_pa, swept_m3_s, rpm)
    }

    fn burn(&self, air: Air, flow_kg_s: f64, manifold_pa: f64, swept_m3_s: f64, rpm: f64) -> Output {
        let dry_kg_s = flow_kg_s * (1.0 - 0.622 * air.vapour_pressure_pa / air.pressure_pa);
        let lambda = self.lambda(manifold_pa / air.pressure_pa, rpm);
        let fuel_kg_s = dry_kg_s / (lambda * STOICHIOMETRIC);
        let speed = (rpm - 6000.0) / 4000.0;
        let heat_loss = 0.8 * libm::exp(-rpm / 1700.0);
        let rich_loss = 0.95 * (1.0 - lambda);
        let efficiency =
            INDICATED_EFFICIENCY * (1.0 - rich_loss) * (1.0 - heat_loss) * (1.0 - 0.04 * speed * speed);
        let krpm = rpm / 1000.0;
        let friction_pa = 1e5 * (0.50 + 0.080 * krpm + 0.022 * krpm * krpm);
        let pumping_pa = 1.05 * air.pressure_pa - manifold_pa;
        Output {
            fuel_g_s: fuel_kg_s * 1e3,
            power_w: efficiency * fuel_kg_s * HEATING_VALUE_J_KG - (friction_pa + pumping_pa) * swept_m3_s,
        }
    }
}

/// Isentropic flow through an orifice, as a share of area x upstream pressure / sqrt(R T). `ratio` is downstream to
/// upstream pressure. Source: J. B. Heywood, Internal Combustion Engine Fundamentals (1988), appendix C, eq. C.8–C.9.
fn flow_function(ratio: f64) -> f64 {
    if ratio <= CRITICAL_RATIO {
        return CHOKED;
    }
    if ratio >= 1.0 {
        return 0.0;
    }
    let root = libm::pow(ratio, 1.0 / 1.4);
    (7.0 * (root * root - root * ratio)).max(0.0).sqrt()
}

const THROTTLE_STEPS: usize = 50;
const RPM_STEPS: usize = 40;
const RPM_MAX: f64 = 10_000.0;

/// One manufacturer's engine with one package in the air of one race, tabulated.
#[derive(Clone, Debug)]
pub(crate) struct EngineMap {
    pub design: EngineDesign,
    /// Row by throttle, column by rpm.
    table: Vec<Output>,
}

impl EngineMap {
    pub fn new(design: EngineDesign, package: Package, air: Air) -> Self {
        let mut table = Vec::with_capacity((THROTTLE_STEPS + 1) * (RPM_STEPS + 1));
        for row in 0..=THROTTLE_STEPS {
            for column in 0..=RPM_STEPS {
                let throttle = row as f64 / THROTTLE_STEPS as f64;
                table.push(design.solve(package, air, throttle, column as f64 * RPM_MAX / RPM_STEPS as f64));
            }
        }
        EngineMap { design, table }
    }

    /// Flow and power, interpolated. Throttle is clamped to 0..1 and rpm to 0..10 000.
    pub fn at(&self, throttle: f64, rpm: f64) -> Output {
        let (row, down) = cell(throttle, THROTTLE_STEPS);
        let (column, right) = cell(rpm / RPM_MAX, RPM_STEPS);
        let at = |row: usize, column: usize| self.table[row * (RPM_STEPS + 1) + column];
        let left = at(row, column).towards(at(row + 1, column), down);
        left.towards(at(row, column + 1).towards(at(row + 1, column + 1), down), right)
    }
}

/// The cell of a share 0..1 of a uniform grid, and the place within it.
fn cell(share: f64, steps: usize) -> (usize, f64) {
    let x = share.clamp(0.0, 1.0) * steps as f64;
    let index = (x as usize).min(steps - 1);
    (index, x - index as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGES: [Package; 3] = [Package::HP_510, Package::HP_670, Package::HP_750];
    const AIR: Air = Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 1_200.0 };

    #[test]
    fn flow_and_power_are_those_of_the_package() {
        // 0.45 lb/hp-h is 0.0567 g/s a horsepower, within 4 %; a racing V8 idles near 1.1 g/s
        for (design, package) in DESIGNS.into_iter().flat_map(|design| PACKAGES.map(|p| (design, p))) {
            let at = |throttle, rpm| design.solve(package, AIR, throttle, rpm);
            let best_w = (60..=95).map(|rpm| at(1.0, f64::from(rpm) * 100.0).power_w).fold(0.0, f64::max);
            let (full, idle) = (at(1.0, 8000.0), at(0.0, design.idle_rpm));
            let name = design.manufacturer;
            let flow = full.fuel_g_s / (0.0567 * package.hp);
            assert!((0.96..=1.04).contains(&flow), "{name} {package:?} {full:?}");
            assert!((0.97..=1.03).contains(&(best_w / 745.7 / package.hp)), "{name} {package:?} {best_w}");
            assert!((0.8..=1.5).contains(&idle.fuel_g_s), "{name} {idle:?}");
        }
    }

    #[test]
    fn more_throttle_never_burns_less() {
        for (design, package) in DESIGNS.into_iter().flat_map(|design| PACKAGES.map(|p| (design, p))) {
            let map = EngineMap::new(design, package, AIR);
            for rpm in (1000..=9500).step_by(500) {
                let flows: Vec<f64> =
                    (0..=100).map(|p| map.at(f64::from(p) * 0.01, f64::from(rpm)).fuel_g_s).collect();
                assert!(flows.windows(2).all(|w| w[1] >= w[0] - 0.02), "{} at {rpm}", design.manufacturer);
            }
        }
    }

    #[test]
    fn the_table_is_within_a_percent_of_the_law() {
        let map = EngineMap::new(DESIGNS[0], Package::HP_670, AIR);
        for (throttle, rpm) in [(0.07, 3700.0), (0.33, 5210.0), (0.61, 7777.0), (0.97, 8123.0)] {
            let law = DESIGNS[0].solve(Package::HP_670, AIR, throttle, rpm).fuel_g_s;
            let table = map.at(throttle, rpm).fuel_g_s;
            assert!((table / law - 1.0).abs() < 0.01, "{throttle} {rpm}: {table} {law}");
        }
    }
}
