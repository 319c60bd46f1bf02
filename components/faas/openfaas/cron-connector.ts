import { image } from "../../core/images";
import {
    createPart,
    type Installation,
    loginMount,
    loginPath,
    loginVolume,
    Part,
    partHost,
    partService,
    ports,
} from "./installation";

/** Calls functions by their annotations; it asks the gateway for them twice a minute. */
export function createCronConnector(installation: Installation): void {
    createPart(installation, Part.CronConnector, {
        containers: [
            {
                name: "cron-connector",
                image: image("openfaas-cron-connector"),
                command: ["./cron-connector"],
                environment: {
                    gateway_url: `http://${partHost(installation, Part.Gateway)}:${ports.gateway}`,
                    basic_auth: "true",
                    secret_mount_path: loginPath,
                    rebuild_interval: "30s",
                },
                withoutProbes: "it listens on no port",
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                mounts: [loginMount],
            },
        ],
        volumes: [loginVolume(installation)],
        network: { services: [partService(installation, Part.Gateway, ports.gateway)] },
    });
}
