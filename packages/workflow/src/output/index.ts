export { findMisfits } from "./find-misfits.ts";
export { outputNames } from "./output-schemas.ts";
