// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// pod has a field for each member of a common pod, in types like those of the API.
type pod struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              podSpec   `json:"spec"`
	Status            podStatus `json:"status"`
}

type podSpec struct {
	Volumes                       []volume     `json:"volumes"`
	Containers                    []container  `json:"containers"`
	RestartPolicy                 name         `json:"restartPolicy"`
	TerminationGracePeriodSeconds *int64       `json:"terminationGracePeriodSeconds"`
	DNSPolicy                     name         `json:"dnsPolicy"`
	ServiceAccountName            string       `json:"serviceAccountName"`
	DeprecatedServiceAccount      string       `json:"serviceAccount"`
	NodeName                      string       `json:"nodeName"`
	SecurityContext               *security    `json:"securityContext"`
	SchedulerName                 string       `json:"schedulerName"`
	Tolerations                   []toleration `json:"tolerations"`
	Priority                      *int32       `json:"priority"`
	EnableServiceLinks            *bool        `json:"enableServiceLinks"`
	PreemptionPolicy              *name        `json:"preemptionPolicy"`
}

type volume struct {
	Name         string `json:"name"`
	volumeSource `json:",inline"`
}

type volumeSource struct {
	ConfigMap *source   `json:"configMap"`
	EmptyDir  *struct{} `json:"emptyDir"`
	Projected *struct {
		Sources     []projection `json:"sources"`
		DefaultMode *int32       `json:"defaultMode"`
	} `json:"projected"`
}

type source struct {
	Name        string `json:"name"`
	Items       []item `json:"items"`
	DefaultMode *int32 `json:"defaultMode"`
}

type item struct {
	Key      string    `json:"key"`
	Path     string    `json:"path"`
	FieldRef *fieldRef `json:"fieldRef"`
}

type fieldRef struct {
	APIVersion string `json:"apiVersion"`
	FieldPath  string `json:"fieldPath"`
}

type projection struct {
	ServiceAccountToken *struct {
		ExpirationSeconds *int64 `json:"expirationSeconds"`
		Path              string `json:"path"`
	} `json:"serviceAccountToken"`
	ConfigMap   *source `json:"configMap"`
	DownwardAPI *source `json:"downwardAPI"`
}

type container struct {
	Name      string   `json:"name"`
	Image     string   `json:"image"`
	Args      []string `json:"args"`
	Ports     []port   `json:"ports"`
	Env       []env    `json:"env"`
	Resources struct {
		Limits   map[name]resource.Quantity `json:"limits"`
		Requests map[name]resource.Quantity `json:"requests"`
	} `json:"resources"`
	VolumeMounts []struct {
		Name      string `json:"name"`
		ReadOnly  bool   `json:"readOnly"`
		MountPath string `json:"mountPath"`
	} `json:"volumeMounts"`
	LivenessProbe            *probe    `json:"livenessProbe"`
	ReadinessProbe           *probe    `json:"readinessProbe"`
	TerminationMessagePath   string    `json:"terminationMessagePath"`
	TerminationMessagePolicy name      `json:"terminationMessagePolicy"`
	ImagePullPolicy          name      `json:"imagePullPolicy"`
	SecurityContext          *security `json:"securityContext"`
}

type port struct {
	Name          string `json:"name"`
	ContainerPort int32  `json:"containerPort"`
	Protocol      name   `json:"protocol"`
}

type env struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	ValueFrom *struct {
		FieldRef     *fieldRef `json:"fieldRef"`
		SecretKeyRef *struct {
			Name string `json:"name"`
			Key  string `json:"key"`
		} `json:"secretKeyRef"`
	} `json:"valueFrom"`
}

type probe struct {
	HTTPGet *struct {
		Path   string             `json:"path"`
		Port   intstr.IntOrString `json:"port"`
		Scheme name               `json:"scheme"`
	} `json:"httpGet"`
	TimeoutSeconds   int32 `json:"timeoutSeconds"`
	PeriodSeconds    int32 `json:"periodSeconds"`
	SuccessThreshold int32 `json:"successThreshold"`
	FailureThreshold int32 `json:"failureThreshold"`
}

type security struct {
	Capabilities *struct {
		Drop []name `json:"drop"`
	} `json:"capabilities"`
	RunAsUser                *int64 `json:"runAsUser"`
	RunAsNonRoot             *bool  `json:"runAsNonRoot"`
	ReadOnlyRootFilesystem   *bool  `json:"readOnlyRootFilesystem"`
	AllowPrivilegeEscalation *bool  `json:"allowPrivilegeEscalation"`
}

type toleration struct {
	Key               string `json:"key"`
	Operator          name   `json:"operator"`
	Effect            name   `json:"effect"`
	TolerationSeconds *int64 `json:"tolerationSeconds"`
}

type podStatus struct {
	Phase      name `json:"phase"`
	Conditions []struct {
		Type               name        `json:"type"`
		Status             name        `json:"status"`
		LastProbeTime      metav1.Time `json:"lastProbeTime"`
		LastTransitionTime metav1.Time `json:"lastTransitionTime"`
	} `json:"conditions"`
	HostIP            string       `json:"hostIP"`
	HostIPs           []ip         `json:"hostIPs"`
	PodIP             string       `json:"podIP"`
	PodIPs            []ip         `json:"podIPs"`
	StartTime         *metav1.Time `json:"startTime"`
	ContainerStatuses []struct {
		Name         string         `json:"name"`
		State        containerState `json:"state"`
		LastState    containerState `json:"lastState"`
		Ready        bool           `json:"ready"`
		RestartCount int32          `json:"restartCount"`
		Image        string         `json:"image"`
		ImageID      string         `json:"imageID"`
		ContainerID  string         `json:"containerID"`
		Started      *bool          `json:"started"`
	} `json:"containerStatuses"`
	QOSClass name `json:"qosClass"`
}

type ip struct {
	IP string `json:"ip"`
}

type containerState struct {
	Running *struct {
		StartedAt metav1.Time `json:"startedAt"`
	} `json:"running"`
}
