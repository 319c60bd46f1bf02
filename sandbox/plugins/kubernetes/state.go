package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Keys under which the state carries what the live object does not tell.
const (
	keyInputs            = "__inputs"
	keyInitialAPIVersion = "__initialApiVersion"
	keyFieldManager      = "__fieldManager"
)

// state is what the engine keeps about one object.
type state struct {
	// inputs are what the program asked for, after Check.
	inputs *unstructured.Unstructured
	// live is the object as the API server last showed it.
	live              *unstructured.Unstructured
	initialAPIVersion string
	fieldManager      string
}

func parseState(properties resource.PropertyMap) state {
	object := toObject(properties)
	parsed := state{live: object, inputs: &unstructured.Unstructured{Object: map[string]any{}}}
	if inputs, ok := object.Object[keyInputs].(map[string]any); ok {
		parsed.inputs.Object = inputs
	}
	parsed.initialAPIVersion, _ = object.Object[keyInitialAPIVersion].(string)
	parsed.fieldManager, _ = object.Object[keyFieldManager].(string)
	for _, key := range []string{keyInputs, keyInitialAPIVersion, keyFieldManager} {
		delete(object.Object, key)
	}
	return parsed
}

// properties renders the state for the engine; values are secret where they are in secretsFrom.
func (s state) properties(secretsFrom resource.PropertyMap) resource.PropertyMap {
	outputs := resource.NewPropertyMapFromMapRepl(s.live.Object, toUnderscored, nil)
	inputs := resource.NewPropertyMapFromMapRepl(s.inputs.Object, toUnderscored, nil)
	markSecrets(outputs, secretsFrom)
	markSecrets(inputs, secretsFrom)
	outputs[keyInputs] = resource.NewObjectProperty(inputs)
	outputs[keyInitialAPIVersion] = resource.NewStringProperty(s.initialAPIVersion)
	outputs[keyFieldManager] = resource.NewStringProperty(s.fieldManager)
	return outputs
}

// markSecrets makes every value secret whose counterpart is, and all data of a Secret. Inside a list the whole
// list becomes secret: the server may have reordered it.
func markSecrets(values, like resource.PropertyMap) {
	if kind := values["kind"]; kind.IsString() && kind.StringValue() == "Secret" {
		for _, key := range []resource.PropertyKey{"data", "stringData"} {
			if value, present := values[key]; present && !value.IsSecret() {
				values[key] = resource.MakeSecret(value)
			}
		}
	}
	for key, template := range like {
		value, present := values[key]
		switch {
		case !present || value.IsSecret():
		case value.IsObject() && template.IsObject():
			markSecrets(value.ObjectValue(), template.ObjectValue())
		case template.ContainsSecrets():
			values[key] = resource.MakeSecret(value)
		}
	}
}

// initFailed reports an object that exists but is not what was asked for, so that the engine records it.
func initFailed(id string, err error, outputs, inputs *structpb.Struct) error {
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, err.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: outputs, Inputs: inputs, Reasons: append([]string{err.Error()}, reasonsOf(err)...),
	})
}
