//go:build ignore

// Checks a manifest as an API server would: every field known and of its type,
// the pod valid, and admitted under the Pod Security Standard "restricted". It
// is run in a module of its own by packaging/test-packages, since Kubernetes is
// no dependency of this project.
package main

import (
	"bytes"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/core"
	k8sv1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	kinds := map[string]int{}
	for _, doc := range bytes.Split(text, []byte("\n---\n")) {
		var head struct{ Kind, APIVersion string }
		if err := yaml.Unmarshal(doc, &head); err != nil {
			return err
		}
		kinds[head.APIVersion+" "+head.Kind]++
		var errs field.ErrorList
		switch head.Kind {
		case "ConfigMap":
			var v corev1.ConfigMap
			if err := yaml.UnmarshalStrict(doc, &v); err != nil {
				return err
			}
			var in core.ConfigMap
			v.Namespace = "default"
			if err := k8sv1.Convert_v1_ConfigMap_To_core_ConfigMap(&v, &in, nil); err != nil {
				return err
			}
			errs = validation.ValidateConfigMap(&in)
		case "Pod":
			var v corev1.Pod
			if err := yaml.UnmarshalStrict(doc, &v); err != nil {
				return err
			}
			if errs, err = checkPod(&v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s: no check for the kind %q", path, head.Kind)
		}
		if len(errs) > 0 {
			return errs.ToAggregate()
		}
	}
	if kinds["v1 ConfigMap"] != 1 || kinds["v1 Pod"] != 1 {
		return fmt.Errorf("%s: a ConfigMap and a Pod are wanted, not %v", path, kinds)
	}
	return nil
}

func checkPod(v *corev1.Pod) (field.ErrorList, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return nil, err
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, r := range evaluator.EvaluatePod(restricted, &v.ObjectMeta, &v.Spec) {
		if !r.Allowed {
			return nil, fmt.Errorf("not admitted as restricted: %s: %s", r.ForbiddenReason, r.ForbiddenDetail)
		}
	}
	v.Namespace = "default"
	k8sv1.SetObjectDefaults_Pod(v)
	var in core.Pod
	if err := k8sv1.Convert_v1_Pod_To_core_Pod(v, &in, nil); err != nil {
		return nil, err
	}
	return validation.ValidatePodCreate(&in, validation.PodValidationOptions{}), nil
}
