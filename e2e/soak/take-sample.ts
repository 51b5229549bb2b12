import { readdir } from "node:fs/promises";
import type { Client } from "pg";
import { descendants, holdings, restingDescendants, type Holdings } from "../support/processes.ts";
import { patience, type TestSystem } from "../support/start-test-system.ts";
import { heapAfterCollection } from "@attestream/testkit";
import { lookAtDatabase, type DatabaseLook } from "./leftovers.ts";

interface PartSample extends Holdings {
  heapMiB: number;
}

export interface Sample {
  minute: number;
  sessions: number;
  api: PartSample;
  worker: PartSample;
  /** Of the worker: its warm browsers, in processes. */
  browserProcesses: number;
  browserMiB: number;
  temporaryFiles: number;
  database: DatabaseLook;
}

export interface SampleSource {
  test: TestSystem;
  database: Client;
  /** The parts' temporary folder, profiles included. */
  temporaryFolder: string;
}

/** To be taken when nobody uses the system: waits until the pool is full again, and counts what is there at rest. */
export async function takeSample(source: SampleSource, at: { minute: number; sessions: number }): Promise<Sample> {
  const { api, worker } = source.test.system.parts;
  const workerPid = Number(worker.pid);
  const browserProcesses = await restingDescendants(workerPid, patience());
  return {
    ...at,
    api: await samplePart(Number(api.pid)),
    worker: await samplePart(workerPid),
    browserProcesses,
    browserMiB: descendants(workerPid).reduce((sum, pid) => sum + holdings(pid).residentMiB, 0),
    temporaryFiles: (await readdir(source.temporaryFolder, { recursive: true })).length,
    database: await lookAtDatabase(source.database),
  };
}

async function samplePart(pid: number): Promise<PartSample> {
  // First what it holds by itself, then what a collection leaves.
  const held = holdings(pid);
  return { ...held, heapMiB: await heapAfterCollection(pid, patience()) };
}
