/** Writes docs/versions.md from the table of Kubernetes versions: `npm run versions`. */
import * as fs from "node:fs";
import { versionsFile, versionsPage } from "./page";

void versionsPage().then((text) => fs.writeFileSync(versionsFile, text));
