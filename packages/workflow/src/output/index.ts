export { findMisfits } from "./find-misfits.ts";
export { outputNames, outputSchemaOf } from "./output-schemas.ts";
export { dateValue, moneyValue } from "./values.ts";
