import * as authorization from "@pulumi/azure-native/types/enums/authorization";
import * as containerservice from "@pulumi/azure-native/types/enums/containerservice";
import assert from "node:assert/strict";
import {
    AksEgress,
    AksNodeOs,
    AksNodeOsChannel,
    AksOsDisk,
    AksPrincipal,
    AksTier,
    AksUpgradeChannel,
} from "../../../../components/azure";
import { Weekday } from "../../../../components/cluster/managed";

/** Ours, and the SDK's own that Azure takes in its place. */
const enums: Record<string, [ours: Record<string, string>, sdk: Record<string, string>]> = {
    AksEgress: [AksEgress, containerservice.OutboundType],
    AksNodeOs: [AksNodeOs, containerservice.OSSKU],
    AksNodeOsChannel: [AksNodeOsChannel, containerservice.NodeOSUpgradeChannel],
    AksOsDisk: [AksOsDisk, containerservice.OSDiskType],
    AksPrincipal: [AksPrincipal, authorization.PrincipalType],
    AksTier: [AksTier, containerservice.ManagedClusterSKUTier],
    AksUpgradeChannel: [AksUpgradeChannel, containerservice.UpgradeChannel],
    Weekday: [Weekday, containerservice.WeekDay],
};

describe("the choices of an AksCluster", () => {
    for (const [name, [ours, sdk]] of Object.entries(enums)) {
        it(`that ${name} has are choices of Azure's API`, () => {
            const unknown = Object.values(ours).filter((value) => !Object.values(sdk).includes(value));
            assert.deepEqual(unknown, []);
        });
    }
});
