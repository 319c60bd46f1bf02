/** What the code of the Community Edition enforces (openfaas/faas-netes 0.18.17, pkg/handlers). */

/** It refuses every call while its namespace has more functions. */
export const mostFunctions = 15;

/** It sets a Deployment with more pods back to as many, and one without any to one. */
export const mostReplicas = 5;
