package main

import (
	"math"
	"testing"
)

func TestSummary(t *testing.T) {
	got := sample{5, 1, 3, 2, 4}.summary()
	if want := (summary{5, 1, 2, 3, 4}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := (sample{1, 2}).summary().Median; got != 1.5 {
		t.Errorf("median of two: %v", got)
	}
	if !math.IsNaN((sample{}).summary().Median) {
		t.Error("an empty sample has a median")
	}
}

func TestExponent(t *testing.T) {
	n := []float64{1, 10, 100, 1000, 10000}
	for _, k := range []float64{0.5, 1, 2} {
		y := make([]float64, len(n))
		for i := range n {
			y[i] = 300 + 7*math.Pow(n[i], k)
		}
		if got := exponent(n, y); math.Abs(got-k) > 0.05 {
			t.Errorf("n^%v is found to be n^%v", k, got)
		}
	}
	if got := exponent(n, []float64{5, 5, 5, 5, 5}); !math.IsNaN(got) {
		t.Errorf("a flat curve has the exponent %v", got)
	}
}
