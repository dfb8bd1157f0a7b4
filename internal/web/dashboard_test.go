package web

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDashboard wants every metric that the dashboard of Grafana shows to be one that the service tells.
func TestDashboard(t *testing.T) {
	file, err := os.ReadFile("../../deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, Allow(nil, Ports(nil)))
	s.get(t, "/checks/rc4", http.StatusOK)
	told := s.get(t, "/metrics", http.StatusOK)
	names := regexp.MustCompile(`mailtls_service_[a-z_]+`).FindAllString(string(file), -1)
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 8 {
		t.Errorf("it shows %q", names)
	}
	for _, name := range names {
		if !strings.Contains(told, "\n# TYPE "+strings.TrimSuffix(name, "_bucket")+" ") || strings.HasSuffix(name, "_bucket") && !strings.Contains(told, "\n"+name+"{") {
			t.Errorf("%s is not told", name)
		}
	}
}
