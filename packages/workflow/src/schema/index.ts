export { expandAllow, ownHosts } from "./allow-presets.ts";
export { actionSchema, type Action } from "./action.ts";
export { partSchema, type Part, type Table } from "./collect.ts";
export { consentFields, consentSubject } from "./consent-fields.ts";
export { hashPlatform } from "./hash-platform.ts";
export { alternativesOf, locatorSchema, type Locator, type SingleLocator } from "./locator.ts";
export { parsePlatform, type ParsedPlatform } from "./parse-platform.ts";
export {
  platformCatalogueSchema,
  platformDefinitionSchema,
  type PlatformCatalogue,
  type PlatformDefinition,
} from "./platform.ts";
export type { Problem } from "./read-yaml.ts";
export { screenSchema, type Screen, type UserScreen } from "./screen.ts";
export { compileUrlPattern, isAllowedHost, urlPatternProblem } from "./url-pattern.ts";
