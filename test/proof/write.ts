/** Writes docs/proof.md from the claims: `npm run proof`. */
import * as fs from "node:fs";
import * as path from "node:path";
import { proofPage } from "./page";

fs.writeFileSync(path.resolve(__dirname, "../../../docs/proof.md"), proofPage());
