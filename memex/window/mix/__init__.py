"""Mix & Match in the window: marks, their tray, the dialog, and the picture of the plane."""
