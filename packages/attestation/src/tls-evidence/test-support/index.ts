export { createChain, serverName, type TestChain } from "./chains.ts";
export { recordAnswer, serverSecretsOf, type Recorded } from "./record.ts";
export { playServer, type FlightMessage } from "./scripted-server.ts";
