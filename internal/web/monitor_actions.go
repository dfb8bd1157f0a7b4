package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// monitorFormView is what the form of a monitor shows.
type monitorFormView struct {
	ID       string // empty: it is a new one
	Form     monitorForm
	Wrong    map[string]string // by field
	Policies []string
	Every    []choice
	Mail     bool
	Refused  *refusal
}

// choice is one of a list.
type choice struct{ Value, Text string }

func schedules() []choice {
	return []choice{{"1", "every hour"}, {"6", "every 6 hours"}, {"12", "every 12 hours"}, {"24", "daily"}, {"168", "weekly"}}
}

func (s *server) showForm(w http.ResponseWriter, r *http.Request, status int, id string, f monitorForm, wrong map[string]string) {
	s.showFormView(w, r, status, monitorFormView{ID: id, Form: f, Wrong: wrong})
}

func (s *server) showRefused(w http.ResponseWriter, r *http.Request, id string, f monitorForm, no *refusal) {
	s.showFormView(w, r, http.StatusUnprocessableEntity, monitorFormView{ID: id, Form: f, Wrong: map[string]string{"targets": no.Why}, Refused: no})
}

func (s *server) showFormView(w http.ResponseWriter, r *http.Request, status int, v monitorFormView) {
	title := "New monitor"
	if v.ID != "" {
		title = "Change a monitor"
	}
	v.Policies, v.Every, v.Mail = policy.Names(), schedules(), s.Mail
	if every := v.Form.Every; !v.Form.usual() {
		v.Every = append(v.Every, choice{every, "every " + every + " hours"})
	}
	s.show(w, r, status, "monitor_form", view{Title: title, Data: v})
}

func (s *server) newMonitor(w http.ResponseWriter, r *http.Request) {
	s.showForm(w, r, http.StatusOK, "", monitorForm{Targets: r.FormValue("target"), Every: "24", Depth: "quick", Policy: policy.Mail}, nil)
}

func (s *server) addMonitor(w http.ResponseWriter, r *http.Request) {
	f := formOf(r)
	m, wrong := s.monitorOf(f)
	if len(wrong) > 0 {
		s.showForm(w, r, http.StatusUnprocessableEntity, "", f, wrong)
		return
	}
	no, err := s.keepMonitor(r.Context(), m)
	if s.notKept(w, r, "", f, no, err) {
		return
	}
	http.Redirect(w, r, "/monitors/"+m.ID, http.StatusSeeOther)
}

func (s *server) editMonitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.ownMonitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	s.showForm(w, r, http.StatusOK, m.ID, formFrom(m), nil)
}

func (s *server) changeMonitor(w http.ResponseWriter, r *http.Request) {
	former, err := s.ownMonitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	f := formOf(r)
	m, wrong := s.monitorOf(f)
	if len(wrong) > 0 {
		s.showForm(w, r, http.StatusUnprocessableEntity, former.ID, f, wrong)
		return
	}
	m.ID, m.Paused, m.Muted = former.ID, former.Paused, former.Muted
	no, err := s.keepMonitor(r.Context(), m)
	if s.notKept(w, r, m.ID, f, no, err) {
		return
	}
	http.Redirect(w, r, "/monitors/"+m.ID, http.StatusSeeOther)
}

// notKept shows the form again where a monitor is not kept, with what was refused.
func (s *server) notKept(w http.ResponseWriter, r *http.Request, id string, f monitorForm, no *refusal, err error) bool {
	if err != nil {
		s.brokenMonitor(w, r, err)
	} else if no != nil {
		s.showRefused(w, r, id, f, no)
	}
	return err != nil || no != nil
}

func (s *server) setMonitor(w http.ResponseWriter, r *http.Request, m *store.Monitor) {
	if err := s.Store.SetMonitor(r.Context(), m, time.Now()); err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	s.noteOwn(r.Context(), "monitor changed", m.Name)
	http.Redirect(w, r, "/monitors/"+m.ID, http.StatusSeeOther)
}

// actOnMonitor pauses, mutes, tests or deletes one.
func (s *server) actOnMonitor(w http.ResponseWriter, r *http.Request) {
	m, err := s.ownMonitor(r.Context(), r.PathValue("id"))
	if err != nil {
		s.brokenMonitor(w, r, err)
		return
	}
	switch r.PathValue("action") {
	case "pause":
		m.Paused = true
	case "resume":
		m.Paused = false
	case "mute":
		d, err := time.ParseDuration(r.PostFormValue("hours") + "h")
		if err != nil || d <= 0 || d > longestMuted {
			s.fail(w, r, http.StatusUnprocessableEntity, "A monitor is muted for 1 to 2160 hours.")
			return
		}
		m.Muted = time.Now().Add(d)
	case "unmute":
		m.Muted = time.Time{}
	case "test":
		s.testMonitor(w, r, m)
		return
	case "delete":
		if err := s.Store.DeleteMonitor(r.Context(), m.ID); err != nil {
			s.brokenMonitor(w, r, err)
			return
		}
		s.noteOwn(r.Context(), "monitor deleted", m.Name)
		http.Redirect(w, r, "/monitors", http.StatusSeeOther)
		return
	default:
		s.fail(w, r, http.StatusNotFound, "There is nothing of that kind to do with a monitor.")
		return
	}
	s.setMonitor(w, r, m)
}

// hoursText says how often a monitor looks.
func hoursText(d time.Duration) string {
	hours := strconv.Itoa(int(d / time.Hour))
	for _, c := range schedules() {
		if c.Value == hours {
			return c.Text
		}
	}
	return "every " + hours + " hours"
}
