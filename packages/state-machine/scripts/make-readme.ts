import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readme } from "../src/readme.ts";

writeFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), readme());
