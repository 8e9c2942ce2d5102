"""What each subject is entitled to: calculator, eligibility, nightly results."""
