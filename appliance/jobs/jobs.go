package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"

	"siteward/appliance"
)

// Job is one row of the table.
type Job struct {
	Name     string // unique, stable: the last run is kept under it
	Schedule Schedule
	Func     func(context.Context) error // returns soon after its context ends
	// Quiet rows run often and beside all others. Their runs are not recorded, only their failures are logged, once
	// for each run of the same error.
	Quiet bool
	// Apart rows are recorded, and run beside all others: they wait for the network, some of them for hours, and those that look
	// after the store must not wait for them.
	Apart bool
}

// Recorder keeps the last run of each row.
type Recorder interface {
	Jobs() ([]appliance.JobRun, error)
	PutJobRun(run appliance.JobRun) error
}

// Options of a table. Recorder is required, zero fields take the defaults.
type Options struct {
	Recorder Recorder
	Location func() *time.Location // of the site, asked at each look; UTC
	Now      func() time.Time
	Logger   *slog.Logger
	StopWait time.Duration // how long Run waits for running rows when it ends, 1500 ms
}

// Jobs is a table that can be run.
type Jobs struct {
	opt  Options
	rows []*row
	turn chan struct{} // recorded rows that are not apart run one at a time: together they would slow everything else down
}

// row is a job with its last run.
type row struct {
	Job
	busy sync.Mutex // held while it runs
	mu   sync.Mutex
	last appliance.JobRun
}

// ErrHanging is what Run ends with when a row does not return after its context has ended.
var ErrHanging = errors.New("jobs did not end in time")

// ErrBusy says that a row is running already.
var ErrBusy = errors.New("the job is running already")

// New checks the table.
func New(opt Options, table []Job) (*Jobs, error) {
	if opt.Recorder == nil {
		return nil, errors.New("jobs: a recorder is needed")
	}
	if opt.Location == nil {
		opt.Location = func() *time.Location { return time.UTC }
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Logger == nil {
		opt.Logger = slog.Default()
	}
	if opt.StopWait <= 0 {
		opt.StopWait = 1500 * time.Millisecond
	}
	j := &Jobs{opt: opt, turn: make(chan struct{}, 1)}
	seen := map[string]bool{}
	for _, job := range table {
		if job.Name == "" || job.Func == nil || !job.Schedule.valid(job.Quiet) || seen[job.Name] {
			return nil, fmt.Errorf("jobs: row %q has no name of its own, no function or no schedule", job.Name)
		}
		seen[job.Name] = true
		j.rows = append(j.rows, &row{Job: job, last: appliance.JobRun{Name: job.Name, Schedule: job.Schedule.String()}})
	}
	return j, nil
}

// Run looks after the table until ctx ends. Then the context of running rows ends too, and they are waited for, at most
// StopWait. It may be called once.
func (j *Jobs) Run(ctx context.Context) error {
	if err := j.recall(); err != nil {
		return fmt.Errorf("last runs of jobs: %w", err)
	}
	s, err := gocron.NewScheduler(gocron.WithStopTimeout(j.opt.StopWait), gocron.WithLogger(j.opt.Logger))
	if err != nil {
		return fmt.Errorf("start gocron: %w", err)
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, r := range j.rows {
		_, err := s.NewJob(gocron.DurationJob(r.Schedule.look()), gocron.NewTask(func() { j.look(inner, r) }), gocron.WithName(r.Name))
		if err != nil {
			return fmt.Errorf("schedule %s: %w", r.Name, err)
		}
	}
	s.Start()
	<-ctx.Done()
	if err := s.Shutdown(); err != nil {
		return fmt.Errorf("%w: %w after %s", ErrHanging, err, j.opt.StopWait)
	}
	return nil
}

// recall takes over the runs that were recorded before the restart.
func (j *Jobs) recall() error {
	runs, err := j.opt.Recorder.Jobs()
	if err != nil {
		return err
	}
	for _, run := range runs {
		for _, r := range j.rows {
			if r.Name == run.Name {
				run.Schedule = r.Schedule.String()
				r.last = run
			}
		}
	}
	return nil
}

// look runs a row when it is due.
func (j *Jobs) look(ctx context.Context, r *row) {
	if ctx.Err() != nil || !r.busy.TryLock() {
		return
	}
	defer r.busy.Unlock()
	if !r.Quiet && !r.Schedule.due(r.recent().Began, j.opt.Now(), j.opt.Location()) {
		return
	}
	_ = j.run(ctx, r) // it is recorded and logged
}

// RunNow runs a recorded row out of turn and waits for it. It fails with ErrNotFound, ErrBusy or the row's error.
func (j *Jobs) RunNow(ctx context.Context, name string) error {
	for _, r := range j.rows {
		if r.Name != name || r.Quiet {
			continue
		}
		if !r.busy.TryLock() {
			return ErrBusy
		}
		defer r.busy.Unlock()
		return j.run(ctx, r)
	}
	return fmt.Errorf("job %s: %w", name, appliance.ErrNotFound)
}

// run does a row's work and notes what came of it. The caller holds its busy lock.
func (j *Jobs) run(ctx context.Context, r *row) error {
	if r.Quiet {
		err := j.safely(ctx, r)
		j.noteQuiet(r, err)
		return err
	}
	if !r.Apart {
		select {
		case j.turn <- struct{}{}:
			defer func() { <-j.turn }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	last := r.recent()
	began := j.opt.Now()
	start := time.Now()
	err := j.safely(ctx, r)
	if err != nil && ctx.Err() != nil {
		return err // we are stopping: the row is due again after the restart
	}
	run := appliance.JobRun{Name: r.Name, Schedule: last.Schedule, Began: began.Round(0), Took: time.Since(start), Failed: last.Failed}
	if err != nil {
		run.Error, run.Failed = err.Error(), run.Began
		j.opt.Logger.Error("job failed", "job", r.Name, "err", err)
	}
	run.Next = r.Schedule.next(run.Began, j.opt.Now(), j.opt.Location())
	r.note(run)
	if perr := j.opt.Recorder.PutJobRun(run); perr != nil {
		j.opt.Logger.Error("job run not recorded", "job", r.Name, "err", perr)
	}
	return err
}

// noteQuiet keeps the newest run in memory and logs an error when it is new.
func (j *Jobs) noteQuiet(r *row, err error) {
	run := r.recent()
	run.Began = j.opt.Now().Round(0)
	before := run.Error
	run.Error = ""
	if err != nil {
		run.Error, run.Failed = err.Error(), run.Began
		if run.Error != before {
			j.opt.Logger.Error("job failed", "job", r.Name, "err", err)
		}
	}
	r.note(run)
}

func (r *row) recent() appliance.JobRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *row) note(run appliance.JobRun) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = run
}

// Runs lists the rows with their last and next runs, in the order of the table.
func (j *Jobs) Runs() []appliance.JobRun {
	list := make([]appliance.JobRun, len(j.rows))
	for i, r := range j.rows {
		list[i] = r.recent()
		list[i].Schedule = r.Schedule.String()
		list[i].Next = r.Schedule.next(list[i].Began, j.opt.Now(), j.opt.Location())
	}
	return list
}

// safely turns a panic into an error. The stack is for the log.
func (j *Jobs) safely(ctx context.Context, r *row) (err error) {
	defer func() {
		if p := recover(); p != nil {
			j.opt.Logger.Error("job panicked", "job", r.Name, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the job broke off: %v", p)
		}
	}()
	return r.Func(ctx)
}
