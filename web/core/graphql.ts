/** The schema as types: documents written with `graphql()` are checked against `schema.graphql` at compile time. */

import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.d.ts";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Micros: string };
}>();
