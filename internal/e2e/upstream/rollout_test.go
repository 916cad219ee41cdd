// SPDX-License-Identifier: Apache-2.0

package upstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"

	"github.com/typedinformer/typedinformer/fake"
)

const namespace = "shop"

var (
	deploymentsResource = appsv1.SchemeGroupVersion.WithResource("deployments")
	replicaSetsResource = appsv1.SchemeGroupVersion.WithResource("replicasets")
	podsResource        = corev1.SchemeGroupVersion.WithResource("pods")
	configMapsResource  = corev1.SchemeGroupVersion.WithResource("configmaps")
	widgetsResource     = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "widgets"}
)

// TestControllersOfKubernetes rolls a Deployment out, changes it and deletes it, with
// the controllers of Kubernetes on client-go's informers and on this library's, and
// compares what there is after each step, object by object.
func TestControllersOfKubernetes(t *testing.T) {
	want := rollout(t, clientGos)
	got := rollout(t, ours)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the controllers have made (-on client-go's informers +on this library's):\n%s", diff)
	}
	for step, objects := range map[string]int{"rolled out": 7, "changed": 10, "deleted": 1} {
		if n := len(want[step]); n != objects {
			t.Errorf("once it was %s there were %d objects, want %d: %v", step, n, objects, want[step])
		}
	}
}

// rollout returns the state after each step.
func rollout(t *testing.T, from func(*testing.T, kubernetes.Interface, metadata.Interface) factoriesOf) map[string]state {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	server := fake.NewAPIServer(
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
		fake.Resource[*corev1.ConfigMap]("", "v1", "configmaps"),
		fake.Resource[*corev1.Event]("", "v1", "events"),
		fake.Resource[*appsv1.Deployment]("apps", "v1", "deployments"),
		fake.Resource[*appsv1.ReplicaSet]("apps", "v1", "replicasets"),
		// The garbage collector has metadata alone of what no typed factory knows.
		fake.Resource(widgetsResource.Group, widgetsResource.Version, widgetsResource.Resource, fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Widget"}),
	)
	config := server.RESTConfig()
	config.QPS = -1 // no limit
	clientset := must(kubernetes.NewForConfig(config))(t)
	objects := must(dynamic.NewForConfig(config))(t)
	defer controllers(ctx, t, config, from)()
	defer kubelet(ctx, t, clientset)()

	// Nobody owns this one, so nobody may collect it.
	must(clientset.CoreV1().ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}, metav1.CreateOptions{}))(t)
	deployments := clientset.AppsV1().Deployments(namespace)
	made := must(deployments.Create(ctx, web(), metav1.CreateOptions{}))(t)
	must(objects.Resource(widgetsResource).Namespace(namespace).Create(ctx, widgetOf(made), metav1.CreateOptions{}))(t)
	awaitRollout(ctx, t, clientset, made)
	states := map[string]state{"rolled out": snapshot(ctx, t, objects)}

	changed := must(deployments.Get(ctx, "web", metav1.GetOptions{}))(t)
	changed.Spec.Template.Spec.Containers[0].Image = "registry.example/web:2"
	*changed.Spec.Replicas = 5
	changed = must(deployments.Update(ctx, changed, metav1.UpdateOptions{}))(t)
	awaitRollout(ctx, t, clientset, changed)
	states["changed"] = snapshot(ctx, t, objects)

	background := metav1.DeletePropagationBackground
	if err := deployments.Delete(ctx, "web", metav1.DeleteOptions{PropagationPolicy: &background}); err != nil {
		t.Fatal(err)
	}
	awaitCollection(ctx, t, objects)
	states["deleted"] = snapshot(ctx, t, objects)
	return states
}

// web is a Deployment with all that an API server would fill in.
func web() *appsv1.Deployment {
	replicas, history, deadline, grace := int32(3), int32(10), int32(600), int64(30)
	most := intstr.FromString("25%")
	labels := map[string]string{"app": "web"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: namespace, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, RevisionHistoryLimit: &history, ProgressDeadlineSeconds: &deadline,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &most, MaxSurge: &most},
			},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: &grace,
					DNSPolicy: corev1.DNSClusterFirst, SchedulerName: corev1.DefaultSchedulerName,
					SecurityContext: &corev1.PodSecurityContext{},
					Containers:      []corev1.Container{{Name: "web", Image: "registry.example/web:1"}},
				},
			},
		},
	}
}

// widgetOf is an object of a custom resource that the Deployment owns.
func widgetOf(owner *appsv1.Deployment) *unstructured.Unstructured {
	widget := &unstructured.Unstructured{}
	widget.SetAPIVersion(widgetsResource.GroupVersion().String())
	widget.SetKind("Widget")
	widget.SetName("web")
	widget.SetOwnerReferences([]metav1.OwnerReference{*metav1.NewControllerRef(owner, appsv1.SchemeGroupVersion.WithKind("Deployment"))})
	return widget
}

// kubelet makes each new pod run, as far as one can see, until stop is called.
func kubelet(ctx context.Context, t *testing.T, clientset kubernetes.Interface) (stop func()) {
	t.Helper()
	pods := clientset.CoreV1().Pods(namespace)
	watching := must(pods.Watch(ctx, metav1.ListOptions{}))(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for event := range watching.ResultChan() {
			pod, ok := event.Object.(*corev1.Pod)
			if !ok || event.Type != watch.Added {
				continue
			}
			pod.Status = corev1.PodStatus{
				Phase:      corev1.PodRunning,
				Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now()}},
			}
			// One that is deleted meanwhile is none of ours any more.
			_, _ = pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
		}
	}()
	return func() {
		watching.Stop()
		<-ended
	}
}

// awaitRollout waits until a Deployment is what was asked for, and nothing is left of
// what it was before.
func awaitRollout(ctx context.Context, t *testing.T, clientset kubernetes.Interface, asked *appsv1.Deployment) {
	t.Helper()
	deployments := clientset.AppsV1().Deployments(namespace)
	watching := must(deployments.Watch(ctx, metav1.ListOptions{ResourceVersion: asked.ResourceVersion}))(t)
	defer watching.Stop()
	for event := range watching.ResultChan() {
		made, ok := event.Object.(*appsv1.Deployment)
		if ok && complete(&made.Status, asked) {
			return
		}
	}
	t.Fatalf("the Deployment has not been rolled out: %v", context.Cause(ctx))
}

func complete(is *appsv1.DeploymentStatus, asked *appsv1.Deployment) bool {
	n := *asked.Spec.Replicas
	finished := false
	for _, condition := range is.Conditions {
		finished = finished || condition.Type == appsv1.DeploymentProgressing && condition.Reason == "NewReplicaSetAvailable"
	}
	return finished && is.ObservedGeneration >= asked.Generation &&
		is.Replicas == n && is.UpdatedReplicas == n && is.AvailableReplicas == n && is.ReadyReplicas == n
}

// awaitCollection waits until nothing is left of what the Deployment owned.
func awaitCollection(ctx context.Context, t *testing.T, objects dynamic.Interface) {
	t.Helper()
	for _, resource := range []schema.GroupVersionResource{podsResource, replicaSetsResource, widgetsResource} {
		owned := objects.Resource(resource).Namespace(namespace)
		left := must(owned.List(ctx, metav1.ListOptions{}))(t)
		awaitDeletes(ctx, t, must(owned.Watch(ctx, metav1.ListOptions{ResourceVersion: left.GetResourceVersion()}))(t), len(left.Items))
	}
}

// awaitDeletes waits until so many more objects have been deleted than added.
func awaitDeletes(ctx context.Context, t *testing.T, watching watch.Interface, left int) {
	t.Helper()
	defer watching.Stop()
	for left > 0 {
		switch event, ok := <-watching.ResultChan(); {
		case !ok:
			t.Fatalf("%d objects are left: %v", left, context.Cause(ctx))
		case event.Type == watch.Added:
			left++
		case event.Type == watch.Deleted:
			left--
		}
	}
}
