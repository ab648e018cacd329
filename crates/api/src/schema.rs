//! The contract: web/schema.graphql is what [`sdl`] prints.

mod board;
mod evidence;
mod forecast;
mod lap;
mod needle;
mod profile;
mod session;
mod timeline;
mod wire;

use crate::cost::CostGuard;
use crate::{Journal, Live, Needles};
use async_graphql::futures_util::{Stream, stream};
use async_graphql::{Context, ID, Object, Result, SDLExportOptions, Subscription};
use events::{Board, LapSummary, Needle, Session};
pub(crate) use evidence::MaySubmit;
use evidence::Mutations;
use std::sync::Arc;
use store::{BurnProfile, ReadError, Store, Timeline};
use units::FuelDensity;
use wire::{AsIs, InUnits, Micros};

/// Fields of fields of … The schema itself needs 3; the query by which tools ask for the schema needs 15.
const DEPTH_MAX: usize = 16;
/// Fields of a query, where a list counts as [`LIST`] elements. A board with every field of every car is about
/// 2 300.
const COMPLEXITY_MAX: usize = 4_000;
/// How many elements a list is taken to have: a full field of cars.
const LIST: usize = 40;
/// Directives on one field: more is an attack (GHSA-5gc2-7c65-8fq8).
const DIRECTIVES_MAX: usize = 4;

pub(crate) type Schema = async_graphql::Schema<Query, Mutations, Subscriptions>;

pub(crate) fn schema(
    store: Arc<Store>,
    live: Live,
    needles: Needles,
    journal: Option<Arc<dyn Journal>>,
) -> Schema {
    Schema::build(Query, Mutations, Subscriptions)
        .data(Source { store, live, needles, journal })
        .limit_depth(DEPTH_MAX)
        .limit_complexity(COMPLEXITY_MAX)
        .limit_directives(DIRECTIVES_MAX)
        .extension(CostGuard)
        .finish()
}

/// The contract in the schema definition language: the content of web/schema.graphql.
pub fn sdl() -> String {
    let style = SDLExportOptions::new().use_space_ident().prefer_single_line_descriptions();
    Schema::build(Query, Mutations, Subscriptions).finish().sdl_with_options(style)
}

/// Where answers come from.
#[derive(Clone)]
struct Source {
    store: Arc<Store>,
    live: Live,
    needles: Needles,
    /// Of the session that runs, if one does.
    journal: Option<Arc<dyn Journal>>,
}

impl Source {
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(&self.store);
        Ok(tokio::task::spawn_blocking(move || read(&store)).await??)
    }

    /// The name asked for; or else of the session on air; or else of the newest in the store.
    async fn name(&self, asked: Option<ID>) -> Result<String> {
        match (asked, self.live.newest()) {
            (Some(ID(name)), _) => Ok(name),
            (None, Some(board)) => Ok(board.session.as_str().into()),
            (None, None) => {
                let sessions = self.read(Store::sessions).await?;
                Ok(sessions.first().map(|newest| newest.session.as_str().into()).unwrap_or_default())
            }
        }
    }

    /// A board from the bus, joined with the density of its session's fuel.
    async fn board(&self, value: Arc<Board>) -> Result<InUnits<Arc<Board>>> {
        let session = value.session;
        let density = self.read(move |store| density(store, session.as_str())).await?;
        Ok(InUnits { value, density })
    }
}

fn density(store: &Store, session: &str) -> Result<FuelDensity, ReadError> {
    let session = store.session(session)?;
    Ok(session.and_then(|session| session.fuel_density).unwrap_or(FuelDensity::CUP))
}

pub(crate) struct Query;

#[Object]
impl Query {
    /// The newest session, or the one named.
    async fn session(&self, ctx: &Context<'_>, id: Option<ID>) -> Result<Option<AsIs<Session>>> {
        let source = ctx.data::<Source>()?;
        let name = source.name(id).await?;
        Ok(source.read(move |store| store.session(&name)).await?.map(AsIs))
    }

    /// All sessions, newest first.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<AsIs<Session>>> {
        let sessions = ctx.data::<Source>()?.read(Store::sessions).await?;
        Ok(sessions.into_iter().map(AsIs).collect())
    }

    /// The newest board of a session: the newest session unless named.
    async fn board(&self, ctx: &Context<'_>, session_id: Option<ID>) -> Result<Option<InUnits<Arc<Board>>>> {
        let source = ctx.data::<Source>()?;
        let name = source.name(session_id).await?;
        // the newest may be live and not yet at rest
        let live = source.live.newest().filter(|board| board.session.as_str() == name);
        let board = match live {
            Some(board) => Some(board),
            None => source.read(move |store| store.board(&name)).await?.map(Arc::new),
        };
        match board {
            Some(board) => Ok(Some(source.board(board).await?)),
            None => Ok(None),
        }
    }

    /// Closed laps of one car, oldest first; of all cars without `vehicleId`. With `afterUs` only those that became final
    /// in a window that ends later: with the `windowEndUs` of a board, what is new since that board.
    #[graphql(complexity = "LIST * child_complexity")]
    async fn laps(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: Option<ID>,
        after_us: Option<Micros>,
    ) -> Result<Vec<InUnits<LapSummary>>> {
        let source = ctx.data::<Source>()?;
        let name = source.name(session_id).await?;
        let read = move |store: &Store| {
            let density = density(store, &name)?;
            let vehicle = vehicle_id.as_deref().map(String::as_str);
            let laps = store.laps(&name, vehicle, after_us.map(Into::into))?;
            Ok(laps.into_iter().map(|value| InUnits { value, density }).collect())
        };
        source.read(read).await
    }

    /// What happened in a session: the newest unless named.
    async fn timeline(&self, ctx: &Context<'_>, session_id: Option<ID>) -> Result<Option<InUnits<Timeline>>> {
        let source = ctx.data::<Source>()?;
        let name = source.name(session_id).await?;
        let read = move |store: &Store| {
            let density = density(store, &name)?;
            Ok(store.timeline(&name)?.map(|value| InUnits { value, density }))
        };
        source.read(read).await
    }

    /// Where round the track a car burns its fuel; null before its first clean lap that was measured all the way round.
    async fn burn_profile(
        &self,
        ctx: &Context<'_>,
        session_id: Option<ID>,
        vehicle_id: ID,
    ) -> Result<Option<AsIs<BurnProfile>>> {
        let source = ctx.data::<Source>()?;
        let name = source.name(session_id).await?;
        Ok(source.read(move |store| store.burn_profile(&name, &vehicle_id)).await?.map(AsIs))
    }
}

pub(crate) struct Subscriptions;

#[Subscription(name = "Subscription")]
impl Subscriptions {
    /// The board at once, then after every window. Latest wins: a slow reader misses boards, never gets old ones.
    async fn board(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<InUnits<Arc<Board>>>> + use<>> {
        let source = ctx.data::<Source>()?.clone();
        Ok(stream::unfold((source.live.listen(), source), async |(mut boards, source)| {
            let value = boards.next().await?;
            Some((source.board(value).await, (boards, source)))
        }))
    }

    /// Every car ten times a second, from the samples that have come so far: provisional, never stored. Latest wins.
    async fn needle(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = AsIs<Arc<Needle>>> + use<>> {
        let needles = ctx.data::<Source>()?.needles.listen();
        Ok(stream::unfold(needles, async |mut needles| Some((AsIs(needles.next().await?), needles))))
    }
}
