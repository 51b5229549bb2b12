export { browserStarted, startFakeWorker, type FakeWorker, type FakeWorkerOptions } from "./fake-worker.ts";
export { startDemoPlatform, type DemoPlatform } from "./demo-platform.ts";
export { createCertificateAuthority, type CertificateAuthority } from "./certificate-authority.ts";
export { startPostgres, type TestPostgres } from "./start-postgres.ts";
export { textsInMemory } from "./texts-in-memory.ts";
export { heapAfterCollection } from "./heap-after-collection.ts";
