//! The density of the air that the engine breathes.

use events::Air;

/// Density at which the rate law is stated, kg/m³: dry air at 99 kPa and 25 °C, rounded. Source:
/// `docs/fuel-model.md` §2.
pub const RHO_REF: f64 = 1.157;
/// Specific gas constant of dry air, J/(kg·K), as meteorology rounds it (WMO-No. 8, Guide to Instruments, annex 4.A).
const R_DRY: f64 = 287.05;
/// How much lighter water vapour is than the air it displaces: 1 − 0.622, the ratio of the molar masses.
const VAPOUR_DEFICIT: f64 = 0.378;

/// Density of moist air, kg/m³: (p − 0.378 e) / (R T), the ideal gas law for a mixture. `None` where the state is
/// not a possible one: a part not finite, vapour below zero, temperature or density not above zero.
pub fn density_kg_m3(air: &Air) -> Option<f64> {
    let Air { pressure_pa, temperature_k, vapour_pressure_pa } = *air;
    let density = (pressure_pa - VAPOUR_DEFICIT * vapour_pressure_pa) / (R_DRY * temperature_k);
    (temperature_k > 0.0 && vapour_pressure_pa >= 0.0 && density > 0.0 && density.is_finite())
        .then_some(density)
}

/// Density of `air` relative to [`RHO_REF`]: the factor on the flow of fuel. `None` as [`density_kg_m3`].
pub fn density_ratio(air: &Air) -> Option<f64> {
    density_kg_m3(air).map(|density| density / RHO_REF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn air_that_cannot_be_has_no_density() {
        let good = Air { pressure_pa: 99_000.0, temperature_k: 298.15, vapour_pressure_pa: 0.0 };
        assert!(density_ratio(&good).is_some());
        for bad in [
            Air { pressure_pa: f64::NAN, ..good },
            Air { pressure_pa: 0.0, ..good },
            Air { pressure_pa: f64::INFINITY, ..good },
            Air { temperature_k: 0.0, ..good },
            Air { temperature_k: -3.0, pressure_pa: -99_000.0, ..good },
            Air { vapour_pressure_pa: -1.0, ..good },
            Air { vapour_pressure_pa: 300_000.0, ..good },
        ] {
            assert_eq!(density_ratio(&bad), None, "{bad:?}");
        }
    }
}
