"""Make the sample data again: `.venv/bin/python sample_data/make_sample_data.py` (needs the dev extra).

Every file holds rows that its models have not seen in fitting. Predictions are rounded to some significant digits, so
that CSV and Parquet hold the same float64 values; the script checks that they do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import statsmodels.api as sm
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

HERE = Path(__file__).parent
SEED = 20260101
HELD_OUT = 0.25  # share of the rows
DIGITS = 6  # significant, of predicted values
PROBABILITY_DIGITS = 12  # more, so that a probability just below 1 does not become 1, and rows still sum to 1


def diabetes() -> pd.DataFrame:
    """Return the held-out quarter of scikit-learn's diabetes patients, one row per patient, with two predictions."""
    features, target = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    train, test = train_test_split(features.index, test_size=HELD_OUT, random_state=SEED)
    held_out = features.loc[test].sort_index()
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 3, 21)))
    forest = RandomForestRegressor(n_estimators=300, min_samples_leaf=5, random_state=SEED)
    return pd.DataFrame(
        {
            "id": held_out.index,
            "sex": held_out["sex"].astype(int),
            "age_band": np.select(
                [held_out["age"] < 40, held_out["age"] < 55], ["under 40", "40 to 54"], "55 and over"
            ),
            "y_true": target.loc[held_out.index],
            **{
                f"pred_{name}": rounded(model.fit(features.loc[train], target.loc[train]).predict(held_out))
                for name, model in (("ridge", ridge), ("forest", forest))
            },
        }
    )


def doctor_visits() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return held-out person-years of the RAND experiment, and the same rows averaged over equal profiles.

    A profile is one set of values of all features. People appear once for each year, so whole profiles are held out:
    else the models would be tested on people whom they have seen.
    """
    data = sm.datasets.randhie.load_pandas().data
    visits, features = data["mdvis"].astype(int), sm.add_constant(data.drop(columns="mdvis"))
    profile = features.groupby(list(features), sort=False).ngroup()
    split = GroupShuffleSplit(n_splits=1, test_size=HELD_OUT, random_state=SEED).split(features, visits, profile)
    train, test = next(split)
    poisson = sm.GLM(visits.iloc[train], features.iloc[train], family=sm.families.Poisson()).fit()
    log_linear = sm.OLS(np.log1p(visits.iloc[train]), features.iloc[train]).fit()
    held_out = features.iloc[test]
    health = [held_out[column] == 1 for column in ("hlthg", "hlthf", "hlthp")]
    rows = pd.DataFrame(
        {
            "id": held_out.index,
            "coinsurance": np.rint(np.expm1(held_out["lncoins"])).astype(int),
            "health": np.select(health, ["good", "fair", "poor"], "excellent"),
            "y_true": visits.iloc[test],
            "pred_poisson": rounded(poisson.predict(held_out).to_numpy()),
            "pred_log": rounded(np.expm1(log_linear.predict(held_out).to_numpy())),
        }
    )
    profiles = (
        rows.assign(profile=profile.iloc[test])
        .groupby("profile")
        .agg(
            coinsurance=("coinsurance", "first"),
            health=("health", "first"),
            person_years=("y_true", "size"),
            y_true=("y_true", "mean"),
            pred_poisson=("pred_poisson", "first"),
            pred_log=("pred_log", "first"),
        )
        .reset_index()
    )
    return rows, profiles


def breast_cancer() -> pd.DataFrame:
    """Return held-out breast masses, one row per mass, with a prediction as probability, as logit and as margin."""
    features, benign = load_breast_cancer(return_X_y=True, as_frame=True)
    malignant = 1 - benign
    train, test = train_test_split(features.index, test_size=HELD_OUT, random_state=SEED, stratify=malignant)
    held_out = features.loc[np.sort(test)]
    logistic = make_pipeline(StandardScaler(), LogisticRegression())
    machine = make_pipeline(StandardScaler(), LinearSVC(C=0.1, random_state=SEED))
    for model in (logistic, machine):
        model.fit(features.loc[train], malignant.loc[train])
    truth = malignant.loc[held_out.index]
    return pd.DataFrame(
        {
            "id": held_out.index,
            "diagnosis": np.where(truth == 1, "malignant", "benign"),
            "y_true": truth,
            "y_prob": rounded(logistic.predict_proba(held_out)[:, 1], PROBABILITY_DIGITS),
            "y_logit": rounded(logistic.decision_function(held_out), PROBABILITY_DIGITS),
            "y_margin": rounded(machine.decision_function(held_out)),
        }
    )


def digits() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return held-out handwritten digits with probabilities, with logits, and with probabilities in one list column."""
    pixels, digit = load_digits(return_X_y=True)
    train, test = train_test_split(np.arange(len(digit)), test_size=HELD_OUT, random_state=SEED, stratify=digit)
    test = np.sort(test)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    logistic.fit(pixels[train], digit[train])
    rows = {"id": test, "label": digit[test]}
    logits = [rounded(row) for row in logistic.decision_function(pixels[test])]
    probabilities = [rounded(row, PROBABILITY_DIGITS) for row in logistic.predict_proba(pixels[test])]
    return (
        pd.DataFrame(rows | {f"prob_{k}": column for k, column in enumerate(zip(*probabilities, strict=True))}),
        pd.DataFrame(rows | {f"logit_{k}": column for k, column in enumerate(zip(*logits, strict=True))}),
        pd.DataFrame(rows | {"probabilities": probabilities}),
    )


def rounded(predictions: np.ndarray, digits: int = DIGITS) -> list[float]:
    """Return the predictions, shape (n,), rounded to that many significant digits."""
    return [float(f"{value:.{digits}g}") for value in predictions]


def write(name: str, rows: pd.DataFrame) -> None:
    """Write the rows as CSV and as Parquet, and check that both give the same values back."""
    csv, parquet = HERE / f"{name}.csv", HERE / f"{name}.parquet"
    rows.to_csv(csv, index=False, lineterminator="\n")
    pl.from_pandas(rows.reset_index(drop=True)).write_parquet(parquet)
    if not pl.read_csv(csv).equals(pl.read_parquet(parquet)):
        raise SystemExit(f"{csv} and {parquet} differ")
    print(f"{name}: {len(rows)} rows, {csv.stat().st_size} and {parquet.stat().st_size} bytes")


def write_parquet(name: str, rows: pd.DataFrame) -> None:
    """Write the rows as Parquet alone."""
    parquet = HERE / f"{name}.parquet"
    pl.from_pandas(rows).write_parquet(parquet)
    print(f"{name}: {len(rows)} rows, {parquet.stat().st_size} bytes")


def main() -> None:
    """Write all files of this folder."""
    visits, profiles = doctor_visits()
    probabilities, logits, lists = digits()
    write("breast_cancer", breast_cancer())
    write("diabetes", diabetes())
    write("digits", probabilities)
    write_parquet("digits_list", lists)
    write_parquet("digits_logits", logits)
    write("doctor_visits", visits)
    write("doctor_visits_by_profile", profiles)


if __name__ == "__main__":
    main()
