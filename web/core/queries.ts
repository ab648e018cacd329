/** Everything that is asked of the server, and the types of what it answers. Fuel is asked in US gallons, economy in mpg. */

import type { ResultOf } from "gql.tada";
import { graphql } from "./graphql";

export const BOARD = graphql(`
  subscription Board {
    board {
      sessionId
      windowEndUs
      flag
      lap
      fieldEconomy
      stories { vehicleId text }
      cars {
        vehicleId
        lap
        lapDistance
        position
        flag
        rateGS
        burnedStint(unit: US_GALLON)
        lastLapEconomy
        economy5
        economy5Sd
        stintEconomy
        stintLaps
        greenLaps
        stops
        remaining(unit: US_GALLON)
        remainingSd(unit: US_GALLON)
        lapsLeft
        lapsLeftSd
        relativePct
        relativeSdPct
        relativeLastLapPct
        mode
        modeReason
        forecast { lapsToGo makeIt lapsLong lapsLongSd saveTarget windowOpensLap windowClosesLap oneStopIsEnough }
        quality
        imputedPct
        imputedLapPct
        lastLapImputedPct
        economy5ImputedPct
        ageMs
      }
    }
  }
`);

export const SUBMIT_STOP_FUEL = graphql(`
  mutation SubmitStopFuel($vehicle: ID!, $gallons: Float, $sigmaGal: Float, $full: Boolean, $fillTimeS: Float) {
    submitStopFuel(vehicleId: $vehicle, gallons: $gallons, sigmaGal: $sigmaGal, full: $full, fillTimeS: $fillTimeS)
  }
`);

export const SUBMIT_RADIO_MPG = graphql(`
  mutation SubmitRadioMpg($vehicle: ID!, $mpg: Float!, $sigmaMpg: Float) {
    submitRadioMpg(vehicleId: $vehicle, mpg: $mpg, sigmaMpg: $sigmaMpg)
  }
`);

export const SUBMIT_RUN_OUT = graphql(`
  mutation SubmitRunOut($vehicle: ID!) {
    submitRunOut(vehicleId: $vehicle)
  }
`);

export const SUBMIT_STILL_RUNNING = graphql(`
  mutation SubmitStillRunning($vehicle: ID!) {
    submitStillRunning(vehicleId: $vehicle)
  }
`);

export const NEEDLE = graphql(`
  subscription Needle {
    needle {
      sessionId
      cars {
        vehicleId
        rateGS
        economy
      }
    }
  }
`);

export const FIELD = graphql(`
  query Field($session: ID!, $past: Boolean!) {
    session(id: $session) {
      id
      origin
      track
      trackLengthM
      laps
      stages
      packageHp
      tank(unit: US_GALLON)
      tankKg: tank(unit: KG)
      staleAfterMs
      lostAfterMs
      greenLapsMin
      greenLapsWindow
      cars {
        vehicleId
        number
        driver
        team
        manufacturer
      }
    }
    laps(sessionId: $session) @include(if: $past) {
      vehicleId
      lap
      label
      clean
      economy
    }
    timeline(sessionId: $session) @include(if: $past) {
      flags {
        flag
        lap
        toLap
      }
      stops {
        vehicleId
        number
        lap
        boxStopUs
        boxLeaveUs
        added(unit: US_GALLON)
        addedSd(unit: US_GALLON)
        full
      }
      stageEnds {
        lap
        atUs
      }
    }
  }
`);

export const CAR_PAST = graphql(`
  query CarPast($session: ID!, $vehicle: ID!) {
    laps(sessionId: $session, vehicleId: $vehicle) {
      lap
      stint
      fromUs
      toUs
      label
      clean
      burned(unit: US_GALLON)
      burnedSd(unit: US_GALLON)
      imputed(unit: US_GALLON)
      economy
    }
    burnProfile(sessionId: $session, vehicleId: $vehicle) {
      laps
      parts
      field
    }
  }
`);

export type Board = ResultOf<typeof BOARD>["board"];
export type Insight = Board["cars"][number];
export type Flag = Insight["flag"];
export type Session = NonNullable<ResultOf<typeof FIELD>["session"]>;
export type Car = Session["cars"][number];
export type FieldLap = NonNullable<ResultOf<typeof FIELD>["laps"]>[number];
export type Timeline = NonNullable<ResultOf<typeof FIELD>["timeline"]>;
export type Stop = Timeline["stops"][number];
export type CarPast = ResultOf<typeof CAR_PAST>;
export type CarLap = CarPast["laps"][number];
export type BurnProfile = NonNullable<CarPast["burnProfile"]>;
export type Needle = ResultOf<typeof NEEDLE>["needle"];
export type NeedleCar = Needle["cars"][number];
