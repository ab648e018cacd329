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
      cars {
        vehicleId
        lap
        lapDistance
        position
        flag
        burnedLap(unit: US_GALLON)
        lastLapEconomy
        economy5
        economy5Sd
        runEconomy
        runLaps
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
        quality
        imputedPct
        ageMs
      }
    }
  }
`);

export const FIELD = graphql(`
  query Field($session: ID!, $laps: Boolean!) {
    session(id: $session) {
      id
      track
      trackLengthM
      laps
      stages
      packageHp
      tank(unit: US_GALLON)
      tankKg: tank(unit: KG)
      cars {
        vehicleId
        number
        driver
        team
        manufacturer
      }
    }
    laps(sessionId: $session) @include(if: $laps) {
      vehicleId
      lap
      label
      clean
      economy
    }
  }
`);

export const CAR_LAPS = graphql(`
  query CarLaps($session: ID!, $vehicle: ID!) {
    laps(sessionId: $session, vehicleId: $vehicle) {
      lap
      run
      fromUs
      toUs
      label
      clean
      burned(unit: US_GALLON)
      burnedSd(unit: US_GALLON)
      economy
    }
  }
`);

export type Board = ResultOf<typeof BOARD>["board"];
export type Insight = Board["cars"][number];
export type Flag = Insight["flag"];
export type Session = NonNullable<ResultOf<typeof FIELD>["session"]>;
export type Car = Session["cars"][number];
export type FieldLap = NonNullable<ResultOf<typeof FIELD>["laps"]>[number];
export type CarLap = ResultOf<typeof CAR_LAPS>["laps"][number];
