package main
import ("testing";"time";"fmt";"sync";"sync/atomic";"slices"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store")
func TestZZ(t *testing.T){
	all := headers(300000)
	mk := func() *store.Store[*metav1.PartialObjectMetadata] {
		s := store.New(store.FromMeta[*metav1.PartialObjectMetadata])
		index.New(s, index.Options{})
		for _, o := range all { s.Add(o) }
		return s }
	s, other := mk(), mk()
	for round := range 3 { for name, target := range map[string]*store.Store[*metav1.PartialObjectMetadata]{"same":s,"other":other} {
		var done atomic.Bool; var wg sync.WaitGroup
		for range 4 { wg.Go(func(){ for !done.Load() { for o := range s.All() { _ = o } } }) }
		var ds []time.Duration
		for i, st := 0, time.Now(); time.Since(st) < 2*time.Second; i++ {
			time.Sleep(time.Millisecond)
			b := time.Now(); target.Update(all[i*7919%len(all)]); ds = append(ds, time.Since(b)) }
		done.Store(true); wg.Wait()
		slices.Sort(ds); n := len(ds)
		fmt.Println(round, name, n, "p50", ds[n/2], "p99", ds[n*99/100], ds[max(0,n-5):])
	}}
}
