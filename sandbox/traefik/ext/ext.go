// Package ext stands where Traefik's own extension point stands in its repository, which is no part of the module that is
// published: nothing is added to a router or to the HTTP configuration.
package ext

// HTTP adds nothing to the HTTP configuration.
type HTTP struct{}

// Router adds nothing to a router.
type Router struct{}
