//! What can be submitted: evidence of fuel, into the log of the session that runs.

use super::Source;
use super::wire::Micros;
use crate::evidence::Evidence;
use async_graphql::{Context, Error, ID, Object, Result};
use std::sync::Arc;
use units::EventTime;

/// Marks a request that came by POST, from a page of this server or from no page at all.
pub(crate) struct MayTell(pub bool);

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
        let vehicle_id = vehicle_id.0;
        let stop_time_ms = stop_time_us.map(ms);
        let value = Evidence::StopFuel { vehicle_id, stop_time_ms, gallons, sigma_gal, full, fill_time_s };
        submit(ctx, session_id, value).await
    }

    /// A car ran out of fuel, at `atUs` or now: its tank held the reserve.
    async fn submit_run_out(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        at_us: Option<Micros>,
    ) -> Result<ID> {
        submit(ctx, session_id, Evidence::RunOut { vehicle_id: vehicle_id.0, at_ms: at_us.map(ms) }).await
    }

    /// A car still ran, at `atUs` or now: its tank held more than the reserve.
    async fn submit_still_running(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
        at_us: Option<Micros>,
    ) -> Result<ID> {
        submit(ctx, session_id, Evidence::StillRunning { vehicle_id: vehicle_id.0, at_ms: at_us.map(ms) })
            .await
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
        submit(ctx, session_id, Evidence::RadioMpg { vehicle_id: vehicle_id.0, mpg, sigma_mpg }).await
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
        let (from_ms, to_ms, vehicle_id) = (ms(from_us), ms(to_us), vehicle_id.0);
        submit(ctx, session_id, Evidence::FuelUsed { vehicle_id, from_ms, to_ms, gallons, sigma_gal }).await
    }
}

fn ms(at: Micros) -> f64 {
    EventTime::from(at).us() as f64 / 1e3
}

/// Appends it, if it is of a car of the session on air and the caller may tell.
async fn submit(ctx: &Context<'_>, session_id: Option<ID>, value: Evidence) -> Result<ID> {
    if !ctx.data_opt::<MayTell>().is_some_and(|caller| caller.0) {
        return Err(Error::new(
            "only a POST from a page of this server, or from a program, may tell anything",
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
    let vehicle = value.vehicle_id();
    if !board.cars.iter().any(|car| car.vehicle_id.as_str() == vehicle) {
        return Err(Error::new(format!("no car {vehicle} in {}: vehicleId is its key", board.session)));
    }
    let journal = Arc::clone(journal);
    let value = tokio::task::spawn_blocking(move || journal.submit(&value)).await?;
    value.map(|id| ID(id.0.to_string())).map_err(Error::new)
}
