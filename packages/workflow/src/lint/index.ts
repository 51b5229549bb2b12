export type { Finding } from "./finding.ts";
export { lintPlatform } from "./lint-platform.ts";
