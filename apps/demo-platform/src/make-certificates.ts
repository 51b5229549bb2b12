/** `node --conditions=@attestream/source apps/demo-platform/src/make-certificates.ts [folder]`: makes the development CA ahead of the first start. */
import { loadConfig } from "./config.ts";
import { ensureCertificates } from "./certificates/ensure-certificates.ts";

const folder = process.argv[2] ?? loadConfig(process.env).CERT_DIR;
const { caFile, renewed } = await ensureCertificates({ folder, now: new Date() });
process.stdout.write(`${renewed ? "made" : "kept"} ${caFile}\n`);
