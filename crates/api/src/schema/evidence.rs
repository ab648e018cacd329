//! What can be submitted: evidence of fuel, into the log of the session that runs.

use super::Source;
use super::wire::Micros;
use async_graphql::{Context, Error, ID, Object, Result};
use events::{Evidence, VehicleId};
use std::sync::Arc;

/// Marks a request that came by POST, from a page of this server or from no page at all.
pub(crate) struct MaySubmit(pub bool);

pub(crate) struct Mutations;

/// What became known while a session runs. Each field appends one race event to the session's log, in order, and returns its
/// id when it is durable. The next window uses it. A session that is replayed or over takes none.
#[Object(name = "Mutation")]
impl Mutations {
    /// What is known of the fuel of a stop: at least one of `gallons`, `full` and `fillTimeS`. `stopTimeUs` names the stop by
    /// a time near it; without it, the car's last.
    #[allow(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn submit_stop_fuel(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        gallons: Option<f64>,
        sigma_gal: Option<f64>,
        full: Option<bool>,
        fill_time_s: Option<f64>,
        stop_time_us: Option<Micros>,
    ) -> Result<ID> {
        let stop_time = stop_time_us.map(Into::into);
        let evidence = |vehicle| Evidence::StopFuel {
            vehicle,
            stop_time,
            gallons,
            gallons_sd: sigma_gal,
            full,
            fill_time_s,
        };
        submit(ctx, session_id, vehicle_id, evidence).await
    }

    /// A car ran out of fuel, at `atUs` or now: its tank held the reserve.
    async fn submit_run_out(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        at_us: Option<Micros>,
    ) -> Result<ID> {
        let at = at_us.map(Into::into);
        submit(ctx, session_id, vehicle_id, |vehicle| Evidence::RunOut { vehicle, at }).await
    }

    /// A car still ran, at `atUs` or now: its tank held more than the reserve.
    async fn submit_still_running(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        at_us: Option<Micros>,
    ) -> Result<ID> {
        let at = at_us.map(Into::into);
        submit(ctx, session_id, vehicle_id, |vehicle| Evidence::StillRunning { vehicle, at }).await
    }

    /// Somebody stated a car's economy since its last stop, in miles per US gallon.
    async fn submit_radio_mpg(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        mpg: f64,
        sigma_mpg: Option<f64>,
    ) -> Result<ID> {
        let evidence = |vehicle| Evidence::RadioMpg { vehicle, mpg, mpg_sd: sigma_mpg };
        submit(ctx, session_id, vehicle_id, evidence).await
    }

    /// What a car burned between two moments, measured.
    #[allow(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn submit_fuel_used(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        from_us: Micros,
        to_us: Micros,
        gallons: f64,
        sigma_gal: Option<f64>,
    ) -> Result<ID> {
        let (from, to) = (from_us.into(), to_us.into());
        let evidence = |vehicle| Evidence::FuelUsed { vehicle, from, to, gallons, gallons_sd: sigma_gal };
        submit(ctx, session_id, vehicle_id, evidence).await
    }
}

/// Appends evidence of a car, if it is of the session on air and the caller may submit any.
async fn submit(
    ctx: &Context<'_>,
    session_id: Option<ID>,
    vehicle_id: ID,
    evidence: impl FnOnce(VehicleId) -> Evidence,
) -> Result<ID> {
    if !ctx.data_opt::<MaySubmit>().is_some_and(|caller| caller.0) {
        return Err(Error::new(
            "only a POST from a page of this server, or from a program, may submit evidence",
        ));
    }
    let source = ctx.data::<Source>()?;
    let Some(journal) = &source.journal else {
        return Err(Error::new("this session has no log that takes anything: it is replayed, not live"));
    };
    let Some(board) = source.live.newest() else {
        return Err(Error::new("nothing can be submitted before the first window has closed"));
    };
    if let Some(other) = session_id.filter(|asked| asked.as_str() != board.session.as_str()) {
        return Err(Error::new(format!("{} is not on air: {} is", other.as_str(), board.session)));
    }
    let car = board.cars.iter().find(|car| car.vehicle_id.as_str() == vehicle_id.as_str());
    let Some(vehicle) = car.map(|car| car.vehicle_id) else {
        let (vehicle, session) = (vehicle_id.as_str(), board.session);
        return Err(Error::new(format!("no car {vehicle} in {session}: vehicleId is its key")));
    };
    let (journal, evidence, now) = (Arc::clone(journal), evidence(vehicle), board.window_end_us);
    let submitted = tokio::task::spawn_blocking(move || journal.submit(evidence, now)).await?;
    submitted.map(|id| ID(id.0.to_string())).map_err(Error::new)
}
