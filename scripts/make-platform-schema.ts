import { writeFileSync } from "node:fs";
import { platformJsonSchema } from "../packages/workflow/src/schema/platform-json-schema.ts";

writeFileSync(
  new URL("../platforms/platform.schema.json", import.meta.url),
  `${JSON.stringify(platformJsonSchema(), null, 2)}\n`,
);
