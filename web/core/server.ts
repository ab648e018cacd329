/** The one way to the server: queries over HTTP, subscriptions over `graphql-transport-ws`, reconnected for ever. */

import { Client, type CombinedError, type ExecutionResult, fetchExchange, subscriptionExchange } from "@urql/core";
import type { TadaDocumentNode } from "gql.tada";
import { createClient, type Client as Socket, type SubscribePayload } from "graphql-ws";

/** Longest wait between two tries, milliseconds. */
const LONGEST_WAIT_MS = 3_000;

export interface Server {
  /** Asks once; nothing if the server cannot be reached or refuses. */
  ask<Data, Variables extends object>(query: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Data | null>;
  /** Submits something; why not, if the server cannot be reached or refuses. */
  submit<Data, Variables extends object>(
    mutation: TadaDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<string | null>;
  /** Receives what is published until the returned function is called. */
  listen<Data>(subscription: TadaDocumentNode<Data, Record<string, never>>, receive: (data: Data) => void): () => void;
  /** Drops a connection that has gone silent; it comes back by itself. */
  renew(): void;
}

/** Connects to `/graphql` of the page's own host. */
export function connect(page: { readonly protocol: string; readonly host: string }): Server {
  const socket = createClient({
    url: `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/graphql`,
    shouldRetry: () => true,
    retryAttempts: Infinity,
    retryWait: (tries) => pause(Math.min(LONGEST_WAIT_MS, 200 * 2 ** tries) * (0.5 + Math.random() / 2)),
  });
  const client = new Client({
    url: `${page.protocol}//${page.host}/graphql`,
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables = {} }) => ({
          subscribe: (sink) => {
            const next = (result: unknown) => sink.next(result as ExecutionResult);
            return { unsubscribe: subscribeForEver(socket, { query, variables }, next) };
          },
        }),
      }),
    ],
  });
  return {
    ask: async (query, variables) => (await client.query(query, variables).toPromise()).data ?? null,
    submit: async (mutation, variables) => refusal((await client.mutation(mutation, variables).toPromise()).error),
    listen: (subscription, receive) =>
      client.subscription(subscription, {}).subscribe(({ data }) => data && receive(data)).unsubscribe,
    renew: () => socket.terminate(),
  };
}

/** A subscription that the server ends or refuses is taken up again; only the page ends it. */
function subscribeForEver(socket: Socket, payload: SubscribePayload, next: (result: unknown) => void): () => void {
  let wanted = true;
  let stop = () => {};
  const open = () => {
    stop = socket.subscribe(payload, { next, error: again, complete: again });
  };
  const again = () => void pause(LONGEST_WAIT_MS).then(() => wanted && open());
  open();
  return () => {
    wanted = false;
    stop();
  };
}

/** In the server's own words, if it has any. */
function refusal(error: CombinedError | undefined): string | null {
  if (error === undefined) return null;
  return error.graphQLErrors[0]?.message ?? "the server cannot be reached";
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
