package kubernetes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// renderCreated writes the object to a file instead of a cluster (provider option renderYamlToDirectory).
func (p *Provider) renderCreated(
	urn resource.URN, next state, secretsFrom resource.PropertyMap,
) (*pulumirpc.CreateResponse, error) {
	updated, err := p.renderUpdated(urn, next, secretsFrom, false)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: idOf(next.inputs), Properties: updated.GetProperties()}, nil
}

func (p *Provider) renderUpdated(
	urn resource.URN, next state, secretsFrom resource.PropertyMap, preview bool,
) (*pulumirpc.UpdateResponse, error) {
	if !preview {
		file, err := render(p.options.renderDirectory, next.inputs)
		if err != nil {
			return nil, err
		}
		p.progress(urn, "rendered "+file)
	}
	next.live = next.inputs.DeepCopy()
	outputs, err := p.encode(next.properties(secretsFrom), "outputs")
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: outputs}, nil
}

func render(directory string, object *unstructured.Unstructured) (string, error) {
	file := renderedFile(directory, object)
	text, err := yaml.Marshal(object.Object)
	if err != nil {
		return "", fmt.Errorf("rendering %s: %w", file, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	return file, os.WriteFile(file, text, 0o600)
}

func removeRendered(directory string, object *unstructured.Unstructured) error {
	if err := os.Remove(renderedFile(directory, object)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// renderedFile puts definitions before the rest, so that `kubectl apply -f` over the sorted folders works.
func renderedFile(directory string, object *unstructured.Unstructured) string {
	folder := "1-manifest"
	if isCRD(object) {
		folder = "0-crd"
	}
	namespace := object.GetNamespace()
	if namespace == "" {
		namespace = "default"
	}
	group := strings.ReplaceAll(object.GetAPIVersion(), "/", "_")
	name := strings.ToLower(fmt.Sprintf("%s-%s-%s-%s.yaml", group, object.GetKind(), namespace, object.GetName()))
	return filepath.Join(directory, folder, strings.ReplaceAll(name, ":", "_"))
}
