// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

// wirePod is a pod of a Deployment as an API server sends it, with what admission,
// the scheduler and the kubelet have filled in: a container, its probes and
// resources, a mounted configuration, and the token of its service account. Ten
// in a row are of one workload, as in a list, which is ordered by name.
func wirePod(i int) corev1.Pod {
	workload := fmt.Sprintf("checkout-%03d", i/10)
	name := fmt.Sprintf("%s-7d4b9c6f5d-%05x", workload, i*7919%0xfffff)
	token := fmt.Sprintf("kube-api-access-%05x", i*104729%0xfffff)
	started := metav1.NewTime(time.Date(2026, 3, 1, 12, 0, i%3600, 0, time.UTC))
	image := "registry.example.com/shop/" + workload + ":v1.42.0"
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespaceName(i / 100), Name: name, GenerateName: workload + "-7d4b9c6f5d-",
			UID:             types.UID(fmt.Sprintf("3f1c9e52-8a7b-4f60-9d2e-%012d", i)),
			ResourceVersion: fmt.Sprint(48_000_000 + i), CreationTimestamp: started,
			Labels: map[string]string{
				"app.kubernetes.io/name": workload, "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "Helm",
				"pod-template-hash": "7d4b9c6f5d",
			},
			Annotations: map[string]string{
				"prometheus.io/scrape": "true", "prometheus.io/port": "8080",
				"checksum/config": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "apps/v1", Kind: "ReplicaSet", Name: workload + "-7d4b9c6f5d",
				UID: types.UID(fmt.Sprintf("7a2b4c68-1d3e-4f50-8a6b-%012d", i/10)), Controller: new(true), BlockOwnerDeletion: new(true),
			}},
		},
		Spec: corev1.PodSpec{
			NodeName: nodeName(i * 31 % 500), ServiceAccountName: workload, DeprecatedServiceAccount: workload,
			RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst, SchedulerName: "default-scheduler",
			TerminationGracePeriodSeconds: new(int64(30)), EnableServiceLinks: new(true),
			Priority: new(int32(0)), PreemptionPolicy: new(corev1.PreemptLowerPriority),
			SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: new(true), RunAsUser: new(int64(65532))},
			Containers:      []corev1.Container{wireContainer(workload, image, token)},
			Tolerations: []corev1.Toleration{
				{Key: "node.kubernetes.io/not-ready", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(300))},
				{Key: "node.kubernetes.io/unreachable", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(300))},
			},
			Volumes: wireVolumes(workload, token),
		},
		Status: wireStatus(i, image, workload, started),
	}
}

func wireContainer(workload, image, token string) corev1.Container {
	probe := func(path string) *corev1.Probe {
		return &corev1.Probe{
			ProbeHandler:   corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("http"), Scheme: corev1.URISchemeHTTP}},
			TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3,
		}
	}
	return corev1.Container{
		Name: "server", Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
		Args:  []string{"--config=/etc/checkout/config.yaml", "--log-format=json", "--listen=:8080"},
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}, {Name: "metrics", ContainerPort: 9090, Protocol: corev1.ProtocolTCP}},
		Env: []corev1.EnvVar{
			{Name: "POD_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.name"}}},
			{Name: "POD_NAMESPACE", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}},
			{Name: "DATABASE_URL", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: workload + "-database"}, Key: "url"}}},
			{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://otel-collector.observability.svc:4317"},
			{Name: "GOMEMLIMIT", Value: "450MiB"},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m"), corev1.ResourceMemory: resource.MustParse("256Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("512Mi")},
		},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "config", MountPath: "/etc/checkout", ReadOnly: true},
			{Name: "tmp", MountPath: "/tmp"},
			{Name: token, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true},
		},
		LivenessProbe: probe("/healthz"), ReadinessProbe: probe("/readyz"),
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
}

func wireVolumes(workload, token string) []corev1.Volume {
	return []corev1.Volume{
		{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: workload}, DefaultMode: new(int32(420)),
		}}},
		{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		{Name: token, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
			DefaultMode: new(int32(420)),
			Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{ExpirationSeconds: new(int64(3607)), Path: "token"}},
				{ConfigMap: &corev1.ConfigMapProjection{
					LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"},
					Items:                []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}},
				}},
				{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{
					{Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}},
				}}},
			},
		}}},
	}
}

func wireStatus(i int, image, workload string, started metav1.Time) corev1.PodStatus {
	var conditions []corev1.PodCondition
	for _, kind := range []corev1.PodConditionType{"PodReadyToStartContainers", corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		conditions = append(conditions, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: started})
	}
	address, host := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255), fmt.Sprintf("172.16.%d.%d", i*31%500/250, i*31%250)
	return corev1.PodStatus{
		Phase: corev1.PodRunning, QOSClass: corev1.PodQOSBurstable, StartTime: &started, Conditions: conditions,
		PodIP: address, PodIPs: []corev1.PodIP{{IP: address}}, HostIP: host, HostIPs: []corev1.HostIP{{IP: host}},
		ContainerStatuses: []corev1.ContainerStatus{{
			Name: "server", Ready: true, Started: new(true), Image: image,
			ImageID:     fmt.Sprintf("registry.example.com/shop/%s@sha256:%064d", workload, i/10),
			ContainerID: fmt.Sprintf("containerd://%064d", i),
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}},
		}},
	}
}

// managed adds what the server notes of who has set which field.
func managed(pod *corev1.Pod) {
	for _, by := range []struct{ manager, subresource, fields string }{
		{"kube-controller-manager", "", `{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/managed-by":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/part-of":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"` + string(pod.OwnerReferences[0].UID) + `\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"server\"}":{".":{},"f:args":{},"f:env":{".":{},"k:{\"name\":\"DATABASE_URL\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:secretKeyRef":{}}},"k:{\"name\":\"POD_NAME\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:fieldRef":{}}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{}},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/checkout\"}":{".":{},"f:mountPath":{},"f:name":{},"f:readOnly":{}}}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:serviceAccountName":{},"f:volumes":{".":{},"k:{\"name\":\"config\"}":{".":{},"f:configMap":{".":{},"f:name":{}},"f:name":{}}}}}`},
		{"kubelet", "status", `{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"` + pod.Status.PodIP + `\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}`},
	} {
		pod.ManagedFields = append(pod.ManagedFields, metav1.ManagedFieldsEntry{
			Manager: by.manager, Subresource: by.subresource, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1",
			Time: pod.Status.StartTime, FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(by.fields),
		})
	}
}

// wireList is a page of pods as a server sends it.
func wireList(b *testing.B, first, count int, mediaType string, withManagedFields bool) []byte {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "50000000"}}
	for i := range count {
		pod := wirePod(first + i)
		if withManagedFields {
			managed(&pod)
		}
		list.Items = append(list.Items, pod)
	}
	info, ok := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), mediaType)
	if !ok {
		b.Fatalf("client-go knows no %s", mediaType)
	}
	body, err := runtime.Encode(scheme.Codecs.EncoderForVersion(info.Serializer, corev1.SchemeGroupVersion), list)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// A wire answers each request of a client with the next page.
type wire struct {
	mediaType string
	pages     [][]byte
	asked     int
}

func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	page := w.pages[w.asked%len(w.pages)]
	w.asked++
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header:        http.Header{"Content-Type": []string{w.mediaType}},
		ContentLength: int64(len(page)), Body: io.NopCloser(bytes.NewReader(page)),
	}, nil
}

// clientset returns the clientset that decodes what comes over the wire.
func (w *wire) clientset(b *testing.B) kubernetes.Interface {
	clientset, err := kubernetes.NewForConfig(&rest.Config{
		Host: "http://wire.invalid", Transport: w, QPS: -1,
		ContentConfig: rest.ContentConfig{ContentType: w.mediaType},
	})
	if err != nil {
		b.Fatal(err)
	}
	return clientset
}
