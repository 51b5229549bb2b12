import { databaseTemplate } from "./storage/database-template.ts";

/** Program for set-up: makes the template of the embedded database unless it is there. */
await databaseTemplate();
