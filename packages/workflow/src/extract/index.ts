export { dateFormats, parseDate, type DateFormat } from "./date.ts";
export { jsonPathProblem, readJsonPath } from "./json-path.ts";
export { parseMoney, type Money, type MoneyOptions } from "./money.ts";
export { cssText, patternText, readRuleSchema, regexText, type ReadRule } from "./read-rule.ts";
export { ReadError, readFields, readJsonFields, shapeValue } from "./read-value.ts";
export { findByRegex, matchesText, parseTextPattern, type TextPattern } from "./text-pattern.ts";
