import { createJournal } from "../journal/journal.ts";
import { createLeases } from "../lease/lease.ts";
import type { Clients } from "./clients.ts";
import type { Configuration } from "./configuration.ts";
import { createResults } from "./results.ts";
import type { Clock, DrillShelf, Log, Provenance, Runtime } from "./step.ts";

export interface Outside {
  clients: Clients;
  configuration: Configuration;
  clock: Clock;
  drills: DrillShelf;
  log: Log;
  provenance: Provenance;
}

/** What a step is handed, from what is outside. The Lambda entry and the rehearsal both call this. */
export function buildRuntime(outside: Outside): Runtime {
  const { clients, configuration, clock } = outside;
  return {
    ...outside,
    journal: createJournal(clients.documents, configuration.journalTable, clock),
    leases: createLeases(clients.documents, configuration.leaseTable, clock),
    results: createResults(clients.s3, configuration.resultsBucket),
  };
}
